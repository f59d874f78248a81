package org.smartbert.jobs.actions.training;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkConf;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.sync.RingSettings;
import org.smartbert.model.bert.Method;
import org.smartbert.model.training.Safeguards;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.udfs.ComputeDevice;

/**
 * What the training tasks need to know.
 *
 * @param backbone directory to start from, readable by the executors; distilbert's teacher
 * @param output directory to write, on any Hadoop file system
 * @param labels class names by index
 * @param maxTokens longest row
 * @param trainRows rows to train on, over all workers
 * @param request digest of all that the model depends on, the input's version among it
 */
public record TrainingPlan(
    String backbone,
    String output,
    List<String> labels,
    int maxTokens,
    long trainRows,
    Method.Mechanism mechanism,
    TrainingSettings settings,
    Workers workers,
    String request,
    String runId)
    implements Serializable {

  /**
   * Who trains.
   *
   * @param retries how often a broken attempt is followed by another
   */
  public record Workers(
      int count, ComputeDevice device, RingSettings ring, Safeguards safeguards, int retries)
      implements Serializable {
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
     * whoever protects Spark's own connections wants the workers' protected too.
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
  }

  /** The digest that a run's identity comes from. */
  public static String request(
      String backbone,
      String output,
      List<String> labels,
      int maxTokens,
      Method.Mechanism mechanism,
      TrainingSettings settings,
      String input) {
    return Digests.of(
        List.of(
            backbone,
            output,
            labels.toString(),
            Integer.toString(maxTokens),
            mechanism.toString(),
            settings.toString(),
            input));
  }

  /** Where the run keeps what is not whole yet. */
  String folder() {
    return output.replaceFirst("/+$", "") + ".unfinished-" + runId;
  }

  String checkpoints() {
    return folder() + "/checkpoints";
  }

  /** Where the model stands until it gets its name. */
  String temporary() {
    return folder() + "/model";
  }
}
