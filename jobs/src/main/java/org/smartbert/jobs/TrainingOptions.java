package org.smartbert.jobs;

import java.util.ArrayList;
import java.util.List;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.training.TrainingSettings;
import picocli.CommandLine.Option;

/** The options that say how a model is trained; defaults are the paper's. */
final class TrainingOptions {
  @Option(
      names = "--learning-rate",
      defaultValue = "2e-5",
      description =
          "Peak of both stages (default: ${DEFAULT-VALUE}; small backbones want 1e-4 to 1e-3).")
  private double learningRate;

  @Option(
      names = "--batch-size",
      defaultValue = "32",
      description = "Rows of a step (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--stage-one-epochs",
      defaultValue = "5",
      description = "Epochs of backbone and gates (default: ${DEFAULT-VALUE}).")
  private int stageOneEpochs;

  @Option(
      names = "--soft-epochs",
      defaultValue = "3",
      description = "How many of them have soft gates (default: ${DEFAULT-VALUE}).")
  private int softEpochs;

  @Option(
      names = "--stage-two-epochs",
      defaultValue = "4",
      description = "Epochs of the classifiers (default: ${DEFAULT-VALUE}).")
  private int stageTwoEpochs;

  @Option(
      names = "--warmup-steps",
      defaultValue = "10",
      description = "Steps of linear warm-up (default: ${DEFAULT-VALUE}).")
  private int warmupSteps;

  @Option(
      names = "--weight-decay",
      defaultValue = "0.01",
      description = "On matrices, not on biases and norms (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(
      names = "--clip-norm",
      defaultValue = "1.0",
      description = "Largest norm of a gradient (default: ${DEFAULT-VALUE}).")
  private double clipNorm;

  @Option(
      names = "--skip-lambda",
      defaultValue = "0.05",
      description = "Weight of the skip penalty (default: ${DEFAULT-VALUE}).")
  private double skipLambda;

  @Option(
      names = "--stage-one-eta",
      defaultValue = "0.01",
      description = "Weight of stage 1's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageOneEta;

  @Option(
      names = "--stage-one-tau",
      defaultValue = "0.5",
      description = "Its temperature (default: ${DEFAULT-VALUE}).")
  private double stageOneTau;

  @Option(
      names = "--stage-two-eta",
      defaultValue = "0.05",
      description = "Weight of stage 2's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageTwoEta;

  @Option(
      names = "--stage-two-tau",
      defaultValue = "0.55",
      description = "Its temperature (default: ${DEFAULT-VALUE}).")
  private double stageTwoTau;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Of new weights, row order and dropout (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Refuses values out of range, all at once. */
  void validate(double validationFraction) {
    List<String> wrong = new ArrayList<>();
    positive(wrong, "--learning-rate", learningRate);
    positive(wrong, "--batch-size", batchSize);
    positive(wrong, "--stage-one-epochs", stageOneEpochs);
    positive(wrong, "--stage-two-epochs", stageTwoEpochs);
    positive(wrong, "--warmup-steps", warmupSteps);
    positive(wrong, "--clip-norm", clipNorm);
    positive(wrong, "--stage-one-tau", stageOneTau);
    positive(wrong, "--stage-two-tau", stageTwoTau);
    atLeastZero(wrong, "--soft-epochs", softEpochs);
    atLeastZero(wrong, "--weight-decay", weightDecay);
    atLeastZero(wrong, "--skip-lambda", skipLambda);
    atLeastZero(wrong, "--stage-one-eta", stageOneEta);
    atLeastZero(wrong, "--stage-two-eta", stageTwoEta);
    if (!(validationFraction > 0 && validationFraction < 1)) {
      wrong.add("--validation-fraction is " + validationFraction + " and must lie between 0 and 1");
    }
    if (!wrong.isEmpty()) {
      throw new InvalidInputException("%s.", String.join("; ", wrong));
    }
  }

  private static void positive(List<String> wrong, String option, double value) {
    if (!(value > 0)) {
      wrong.add(option + " is " + value + " and must be above 0");
    }
  }

  private static void atLeastZero(List<String> wrong, String option, double value) {
    if (!(value >= 0)) {
      wrong.add(option + " is " + value + " and must not be negative");
    }
  }

  TrainingSettings settings() {
    return new TrainingSettings(
        learningRate,
        batchSize,
        stageOneEpochs,
        softEpochs,
        stageTwoEpochs,
        warmupSteps,
        weightDecay,
        clipNorm,
        skipLambda,
        new TrainingSettings.Contrast(stageOneEta, stageOneTau),
        new TrainingSettings.Contrast(stageTwoEta, stageTwoTau),
        seed);
  }
}
