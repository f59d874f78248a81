package org.smartbert.jobs.cli.options;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.sync.RingSettings;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.training.Safeguards;
import org.smartbert.udfs.ComputeDevice;
import picocli.CommandLine.Option;

/** The training workers and their fault tolerance. */
public final class WorkerOptions {
  @Option(
      names = "--workers",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "Training workers, each in its own task slot; every batch is divided among them (default:"
              + " ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--device",
      defaultValue = "cpu",
      paramLabel = "cpu|gpu",
      description = "Device of each worker; see conf/gpu.conf (default: ${DEFAULT-VALUE}).")
  private ComputeDevice device;

  @Option(
      names = "--wire",
      defaultValue = "float32",
      paramLabel = "float32|bfloat16",
      description = "Type in which workers exchange gradients (default: ${DEFAULT-VALUE}).")
  private RingSettings.Wire wire;

  @Option(
      names = "--encrypt",
      description =
          "Encrypt the traffic between workers; always on if Spark authentication or encryption"
              + " is on.")
  private boolean encrypt;

  @Option(
      names = "--peer-timeout",
      defaultValue = "10",
      paramLabel = "SECONDS",
      description =
          "Idle time after which a worker is considered lost (default:" + " ${DEFAULT-VALUE}).")
  private double peerTimeout;

  @Option(
      names = "--retries",
      defaultValue = "3",
      paramLabel = "N",
      description =
          "Retries after a failed attempt, each from the last checkpoint (default:"
              + " ${DEFAULT-VALUE}).")
  private int retries;

  @Option(
      names = "--checkpoint-every",
      defaultValue = "500",
      paramLabel = "STEPS",
      description =
          "Steps between checkpoints, in addition to those at evaluations; 0 disables them"
              + " (default:"
              + " ${DEFAULT-VALUE}).")
  private int checkpointEvery;

  @Option(
      names = "--compare-every",
      defaultValue = "100",
      paramLabel = "STEPS",
      description =
          "Steps between comparisons of the workers' weights, which must be bit-identical; 0"
              + " disables them (default: ${DEFAULT-VALUE}).")
  private int compareEvery;

  public TrainingPlan.Workers workers(int batchSize) {
    List<String> wrong = new ArrayList<>();
    if (workers < 1 || workers > batchSize) {
      wrong.add(
          "--workers is "
              + workers
              + " and must be between 1 and --batch-size, which is "
              + batchSize);
    }
    if (!(peerTimeout >= 0.1)) {
      wrong.add("--peer-timeout is " + peerTimeout + " and must be 0.1 seconds or more");
    }
    notNegative(wrong, "--retries", retries);
    notNegative(wrong, "--checkpoint-every", checkpointEvery);
    notNegative(wrong, "--compare-every", compareEvery);
    if (!wrong.isEmpty()) {
      throw new InvalidInputException("%s.", String.join("; ", wrong));
    }
    return new TrainingPlan.Workers(
        workers,
        device,
        new RingSettings(
            Duration.ofMillis(Math.round(1000 * peerTimeout)),
            wire,
            encrypt ? RingSettings.Encryption.AES_GCM : RingSettings.Encryption.NONE),
        new Safeguards(checkpointEvery, compareEvery),
        retries);
  }

  private static void notNegative(List<String> wrong, String option, int value) {
    if (value < 0) {
      wrong.add(option + " is " + value + " and must not be negative");
    }
  }
}
