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

/** The options that say who trains, and what happens when one of them is lost. */
public final class WorkerOptions {
  @Option(
      names = "--workers",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "Tasks that train together, each on a slot of its own; they share every batch (default:"
              + " ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--device",
      defaultValue = "cpu",
      paramLabel = "cpu|gpu",
      description = "What each worker computes on; see conf/gpu.conf (default: ${DEFAULT-VALUE}).")
  private ComputeDevice device;

  @Option(
      names = "--wire",
      defaultValue = "float32",
      paramLabel = "float32|bfloat16",
      description = "Type of gradients between workers (default: ${DEFAULT-VALUE}).")
  private RingSettings.Wire wire;

  @Option(
      names = "--encrypt",
      description =
          "Encrypt what workers send each other; always so where Spark authenticates or encrypts.")
  private boolean encrypt;

  @Option(
      names = "--peer-timeout",
      defaultValue = "10",
      paramLabel = "SECONDS",
      description = "Silence after which a worker counts as lost (default: ${DEFAULT-VALUE}).")
  private double peerTimeout;

  @Option(
      names = "--retries",
      defaultValue = "3",
      paramLabel = "N",
      description =
          "Attempts after a broken one, each from the last checkpoint (default: ${DEFAULT-VALUE}).")
  private int retries;

  @Option(
      names = "--checkpoint-every",
      defaultValue = "500",
      paramLabel = "STEPS",
      description =
          "Steps between checkpoints, beside those at evaluations; 0: none between (default:"
              + " ${DEFAULT-VALUE}).")
  private int checkpointEvery;

  @Option(
      names = "--compare-every",
      defaultValue = "100",
      paramLabel = "STEPS",
      description =
          "Steps between comparisons of the workers' weights, which must be equal to the bit; 0:"
              + " never (default: ${DEFAULT-VALUE}).")
  private int compareEvery;

  public TrainingPlan.Workers workers(int batchSize) {
    List<String> wrong = new ArrayList<>();
    if (workers < 1 || workers > batchSize) {
      wrong.add(
          "--workers is "
              + workers
              + " and must lie between 1 and --batch-size, which is "
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
