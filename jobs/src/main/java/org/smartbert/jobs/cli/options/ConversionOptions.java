package org.smartbert.jobs.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.smartbert.jobs.actions.conversion.ConvertRequest;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.training.Schedule;
import org.smartbert.model.training.TrainingSettings;
import picocli.CommandLine.Option;

/** How exits and gates learn from a classifier. */
public final class ConversionOptions {
  @Option(
      names = "--epochs",
      defaultValue = "3",
      paramLabel = "EPOCHS",
      description = "Epochs in which the exits are trained (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--gate-epochs",
      defaultValue = "2",
      paramLabel = "EPOCHS",
      description =
          "Epochs in which gates are trained before, the first half of them with soft weights, if"
              + " --gates is on (default: ${DEFAULT-VALUE}).")
  private int gateEpochs;

  @Option(
      names = "--skip-lambda",
      defaultValue = "0.05",
      paramLabel = "WEIGHT",
      description =
          "Weight of the skip penalty in the loss of the gates (default: ${DEFAULT-VALUE}).")
  private double skipLambda;

  @Option(
      names = "--learning-rate",
      defaultValue = "2e-3",
      paramLabel = "RATE",
      description = "Peak learning rate of exits and gates (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--schedule",
      defaultValue = "linear",
      paramLabel = "linear|cosine",
      description = "Learning rate decay after the warmup (default: ${DEFAULT-VALUE}).")
  private Schedule schedule;

  @Option(
      names = "--warmup-steps",
      defaultValue = "10",
      paramLabel = "STEPS",
      description = "Steps of linear learning rate warmup (default: ${DEFAULT-VALUE}).")
  private int warmupSteps;

  @Option(
      names = "--batch-size",
      defaultValue = "32",
      paramLabel = "ROWS",
      description = "Rows per training step, over all workers (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--max-steps",
      defaultValue = "0",
      paramLabel = "STEPS",
      description =
          "Maximum steps for gates and for exits; 0 disables the limit (default:"
              + " ${DEFAULT-VALUE}).")
  private int maxSteps;

  @Option(
      names = "--max-minutes",
      defaultValue = "0",
      paramLabel = "MINUTES",
      description =
          "Maximum duration of the training; 0 disables the limit (default: ${DEFAULT-VALUE}).")
  private double maxMinutes;

  @Option(
      names = "--precision",
      defaultValue = "fp32",
      paramLabel = "fp32|bf16",
      description =
          "Precision of the forward and backward pass; the classifier's answers are always computed"
              + " in fp32 (default: ${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "NUMBER",
      description =
          "Seed of new weights, row order and dropout, and of the choice of the rows that are kept"
              + " aside (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Refuses values out of range, all at once. */
  public void validate() {
    List<String> wrong = new ArrayList<>();
    positive(wrong, "--epochs", epochs);
    positive(wrong, "--gate-epochs", gateEpochs);
    positive(wrong, "--learning-rate", learningRate);
    positive(wrong, "--warmup-steps", warmupSteps);
    positive(wrong, "--batch-size", batchSize);
    atLeastZero(wrong, "--skip-lambda", skipLambda);
    atLeastZero(wrong, "--max-steps", maxSteps);
    atLeastZero(wrong, "--max-minutes", maxMinutes);
    if (precision == Precision.INT8) {
      wrong.add(
          "--precision int8 is for scoring; convert with fp32 or bf16, then quantize the model");
    }
    if (!wrong.isEmpty()) {
      throw new InvalidInputException("%s.", String.join("; ", wrong));
    }
  }

  private static void positive(List<String> wrong, String option, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      wrong.add(option + " is " + value + " and must be above 0");
    }
  }

  private static void atLeastZero(List<String> wrong, String option, double value) {
    if (!(value >= 0 && Double.isFinite(value))) {
      wrong.add(option + " is " + value + " and must not be negative");
    }
  }

  public int batchSize() {
    return batchSize;
  }

  public ConvertRequest.Learning learning() {
    return new ConvertRequest.Learning(
        new TrainingSettings.Rates(
            List.of(learningRate),
            TrainingSettings.HeadLearningRate.BACKBONES,
            schedule,
            warmupSteps),
        new TrainingSettings.Epochs(gateEpochs, (gateEpochs + 1) / 2, epochs, maxSteps, maxMinutes),
        batchSize,
        skipLambda,
        precision,
        seed);
  }
}
