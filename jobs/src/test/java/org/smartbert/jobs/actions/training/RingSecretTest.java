package org.smartbert.jobs.actions.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.sync.RingSettings;
import org.smartbert.model.training.Safeguards;
import org.smartbert.udfs.ComputeDevice;

/** The key of encrypted workers travels with the tasks: a clear RPC is warned of. */
class RingSecretTest {
  @Test
  void encryptedWorkersOverAClearRpcAreWarnedOf() {
    assertThat(workers(2, RingSettings.Encryption.AES_GCM).sendsSecretInClear(cluster())).isTrue();
    assertThat(workers(2, RingSettings.Encryption.NONE).sendsSecretInClear(cluster())).isFalse();
    assertThat(workers(1, RingSettings.Encryption.AES_GCM).sendsSecretInClear(cluster())).isFalse();
    SparkConf local = new SparkConf(false).set("spark.master", "local[4]");
    assertThat(workers(2, RingSettings.Encryption.AES_GCM).sendsSecretInClear(local)).isFalse();
  }

  @Test
  void anEncryptedRpcIsNotWarnedOf() {
    TrainingPlan.Workers workers = workers(2, RingSettings.Encryption.AES_GCM);
    // Spark ignores the encryption of its RPC without authentication.
    SparkConf crypto = cluster().set("spark.network.crypto.enabled", "true");
    assertThat(workers.sendsSecretInClear(crypto)).isTrue();
    assertThat(workers.sendsSecretInClear(crypto.set("spark.authenticate", "true"))).isFalse();
    assertThat(workers.sendsSecretInClear(cluster().set("spark.ssl.rpc.enabled", "true")))
        .isFalse();
    assertThat(workers.sendsSecretInClear(cluster().set("spark.authenticate", "true"))).isTrue();
  }

  @Test
  void protectedConnectionsOfSparkProtectTheWorkers() {
    TrainingPlan.Workers clear = workers(2, RingSettings.Encryption.NONE);
    assertThat(clear.securedAs(cluster()).ring().encryption())
        .isEqualTo(RingSettings.Encryption.NONE);
    SparkConf authenticated = cluster().set("spark.authenticate", "true");
    assertThat(clear.securedAs(authenticated).ring().encryption())
        .isEqualTo(RingSettings.Encryption.AES_GCM);
  }

  private static SparkConf cluster() {
    return new SparkConf(false).set("spark.master", "spark://host:7077");
  }

  private static TrainingPlan.Workers workers(int count, RingSettings.Encryption encryption) {
    RingSettings ring =
        new RingSettings(
            RingSettings.DEFAULT.peerTimeout(), RingSettings.DEFAULT.wire(), encryption);
    return new TrainingPlan.Workers(count, ComputeDevice.CPU, ring, Safeguards.DEFAULT, 3);
  }
}
