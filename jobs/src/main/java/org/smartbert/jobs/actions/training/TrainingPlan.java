package org.smartbert.jobs.actions.training;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.smartbert.jobs.sync.RingSettings;
import org.smartbert.model.bert.Method;
import org.smartbert.model.training.Purpose;
import org.smartbert.model.training.Safeguards;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.udfs.ComputeDevice;

/**
 * What the training tasks need.
 *
 * @param output directory to write, on any Hadoop file system
 * @param trainRows rows to train on, over all workers
 */
public record TrainingPlan(
    Network network,
    String output,
    long trainRows,
    TrainingSettings settings,
    Workers workers,
    Run run)
    implements Serializable {

  /**
   * The network that is trained.
   *
   * @param backbone directory to start from, readable by the executors; DistilBERT's teacher, or
   *     the classifier that gains exits
   * @param labels class names by index
   * @param layers of the trained network
   * @param maxTokens of a row; longer rows are truncated
   */
  public record Network(
      String backbone,
      Purpose purpose,
      Method.Mechanism mechanism,
      List<String> labels,
      int layers,
      int maxTokens)
      implements Serializable {
    /** Whether there are classifiers before the last, which stage 2 trains. */
    boolean hasStageTwo() {
      return mechanism.exits() && layers > 1;
    }
  }

  /**
   * What identifies this run.
   *
   * @param command as the runs table names it
   * @param request digest of the request ({@link TrainingIdentity#request})
   * @param identity digest of all that the model depends on ({@link TrainingIdentity#of})
   */
  public record Run(String command, String id, String request, String identity)
      implements Serializable {}

  /**
   * Who trains.
   *
   * @param retries how often a broken attempt is followed by another
   */
  public record Workers(
      int count, ComputeDevice device, RingSettings ring, Safeguards safeguards, int retries)
      implements Serializable {
    /** Settings by which Spark encrypts what goes through its RPC, each with what it needs. */
    private static final Map<String, String> ENCRYPTED_RPC =
        Map.of(
            "spark.network.crypto.enabled", "spark.authenticate",
            "spark.authenticate.enableSaslEncryption", "spark.authenticate",
            "spark.ssl.rpc.enabled", "spark.ssl.rpc.enabled");

    private static final List<String> PROTECTED =
        List.of(
            "spark.authenticate",
            "spark.network.crypto.enabled",
            "spark.ssl.enabled",
            "spark.ssl.rpc.enabled",
            "spark.io.encryption.enabled");

    /** One worker on a processor. */
    public static final Workers ONE =
        new Workers(1, ComputeDevice.CPU, RingSettings.DEFAULT, Safeguards.DEFAULT, 3);

    /**
     * The same, with what workers send each other encrypted where Spark authenticates or encrypts:
     * a user who protects Spark's own connections expects the workers' to be protected too.
     */
    public Workers securedAs(SparkConf conf) {
      return PROTECTED.stream().anyMatch(key -> conf.getBoolean(key, false))
          ? new Workers(
              count,
              device,
              new RingSettings(ring.peerTimeout(), ring.wire(), RingSettings.Encryption.AES_GCM),
              safeguards,
              retries)
          : this;
    }

    /**
     * Whether the secret of the encrypted ring can be read on the network. It travels with the
     * tasks, through Spark's RPC. Training without an encrypted RPC is warned of and not refused:
     * where the network between driver and executors is trusted more than that between executors,
     * and against those who cannot read the former, the ring's encryption still protects.
     */
    boolean sendsSecretInClear(SparkConf conf) {
      boolean local =
          conf.get("spark.master", "local").startsWith("local[")
              || conf.get("spark.master", "local").equals("local");
      return count > 1
          && ring.encryption() == RingSettings.Encryption.AES_GCM
          && !local
          && ENCRYPTED_RPC.entrySet().stream()
              .noneMatch(
                  setting ->
                      conf.getBoolean(setting.getKey(), false)
                          && conf.getBoolean(setting.getValue(), false));
    }
  }

  /** Where the run keeps what is not whole yet. */
  String folder() {
    return folder(output, run.id());
  }

  private static String folder(String output, String runId) {
    return output.replaceFirst("/+$", "") + ".unfinished-" + runId;
  }

  String checkpoints() {
    return checkpoints(output, run.id());
  }

  /** Where a run keeps its checkpoints. */
  static String checkpoints(String output, String runId) {
    return folder(output, runId) + "/checkpoints";
  }

  /** Where the model is written until it is renamed to the output. */
  String temporary() {
    return folder() + "/model";
  }
}
