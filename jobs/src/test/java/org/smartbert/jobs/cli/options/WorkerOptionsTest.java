package org.smartbert.jobs.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.sync.RingSettings.Encryption;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What the workers' options become. */
class WorkerOptionsTest {
  @Command
  private static final class Holder {
    @Mixin private WorkerOptions options;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.authenticate",
        "spark.network.crypto.enabled",
        "spark.ssl.enabled",
        "spark.ssl.rpc.enabled",
        "spark.io.encryption.enabled"
      })
  void whereSparkIsProtectedTheRingIsEncrypted(String key) {
    assertThat(workers(new SparkConf(false).set(key, "true")).ring().encryption())
        .isEqualTo(Encryption.AES_GCM);
  }

  @Test
  void elsewhereTheUserSays() {
    SparkConf open = new SparkConf(false);
    assertThat(workers(open).ring().encryption()).isEqualTo(Encryption.NONE);
    assertThat(workers(open, "--encrypt").ring().encryption()).isEqualTo(Encryption.AES_GCM);
  }

  @Test
  void allMistakesAreToldAtOnce() {
    assertThatThrownBy(
            () -> workers(new SparkConf(false), "--workers=0", "--retries=-1", "--peer-timeout=0"))
        .hasMessageContaining("--workers is 0")
        .hasMessageContaining("--retries is -1")
        .hasMessageContaining("--peer-timeout is 0.0");
  }

  private static TrainingPlan.Workers workers(SparkConf conf, String... arguments) {
    Holder holder = new Holder();
    CommandLine line = new CommandLine(holder);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.parseArgs(arguments);
    return holder.options.workers(32).securedAs(conf);
  }
}
