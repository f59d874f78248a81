package org.smartbert.jobs.cli.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.jobs.actions.training.ClassWeighting;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.training.Metric;
import org.smartbert.model.training.Schedule;
import org.smartbert.model.training.TrainingSettings;
import picocli.CommandLine.Option;

/** The options that say how a model is trained; defaults are the paper's. */
public final class TrainingOptions {
  @Option(
      names = "--learning-rate",
      defaultValue = "2e-5",
      split = ",",
      paramLabel = "RATE",
      description =
          "Peak of the learning rate in both stages (default: ${DEFAULT-VALUE}; small backbones"
              + " want 1e-4 to 1e-3). Of several, separated by commas, stage 1 keeps the best on"
              + " the validation rows.")
  private List<Double> learningRates;

  @Option(
      names = "--head-learning-rate",
      paramLabel = "RATE",
      description =
          "Peak of both stages for gates, classifiers and contrast heads, which start from random"
              + " weights (default: that of --learning-rate, as in the paper; large backbones want"
              + " 1e-3 to 2e-3).")
  private Double headLearningRate;

  @Option(
      names = "--schedule",
      defaultValue = "linear",
      paramLabel = "linear|cosine",
      description = "Decay after the warm-up (default: ${DEFAULT-VALUE}).")
  private Schedule schedule;

  @Option(
      names = "--batch-size",
      defaultValue = "32",
      paramLabel = "ROWS",
      description = "Rows of a step (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--accumulation",
      defaultValue = "1",
      paramLabel = "PARTS",
      description =
          "Parts of a worker's share that are computed one after the other, to save memory"
              + " (default: ${DEFAULT-VALUE}).")
  private int accumulation;

  @Option(
      names = "--stage-one-epochs",
      defaultValue = "5",
      paramLabel = "EPOCHS",
      description = "Epochs of stage 1: backbone and gates (default: ${DEFAULT-VALUE}).")
  private int stageOneEpochs;

  @Option(
      names = "--soft-epochs",
      defaultValue = "3",
      paramLabel = "EPOCHS",
      description =
          "Epochs of stage 1, the first ones, that have soft gates (default: ${DEFAULT-VALUE}).")
  private int softEpochs;

  @Option(
      names = "--stage-two-epochs",
      defaultValue = "4",
      paramLabel = "EPOCHS",
      description = "Epochs of stage 2: the classifiers (default: ${DEFAULT-VALUE}).")
  private int stageTwoEpochs;

  @Option(
      names = "--max-steps",
      defaultValue = "0",
      paramLabel = "STEPS",
      description = "Most steps of each stage; 0: no limit (default: ${DEFAULT-VALUE}).")
  private int maxSteps;

  @Option(
      names = "--max-minutes",
      defaultValue = "0",
      paramLabel = "MINUTES",
      description =
          "Most minutes of the run, shared by the stages as their epochs are; 0: no limit (default:"
              + " ${DEFAULT-VALUE}).")
  private double maxMinutes;

  @Option(
      names = "--evaluate-every",
      defaultValue = "0",
      paramLabel = "STEPS",
      description =
          "Steps between evaluations on the validation rows; 0: after each epoch (default:"
              + " ${DEFAULT-VALUE}).")
  private int evaluateEvery;

  @Option(
      names = "--metric",
      defaultValue = "accuracy",
      paramLabel = "accuracy|f1|mcc",
      description = "What the best state of stage 1 is chosen by (default: ${DEFAULT-VALUE}).")
  private Metric metric;

  @Option(
      names = "--early-stopping",
      defaultValue = "0",
      paramLabel = "EVALUATIONS",
      description =
          "End stage 1 after so many evaluations without gain; 0: never (default:"
              + " ${DEFAULT-VALUE}).")
  private int patience;

  @Option(
      names = "--freeze-layers",
      defaultValue = "0",
      paramLabel = "K",
      description =
          "Leave the embeddings and the lowest K layers as they are; 0: train all (default:"
              + " ${DEFAULT-VALUE}).")
  private int frozenLayers;

  @Option(
      names = "--label-smoothing",
      defaultValue = "0",
      paramLabel = "SHARE",
      description =
          "Share of each label that is spread over all classes (default: ${DEFAULT-VALUE}).")
  private double labelSmoothing;

  @Option(
      names = "--class-weights",
      split = ",",
      paramLabel = "LABEL=WEIGHT",
      description =
          "Weights in the loss, as LABEL=WEIGHT separated by commas (others: 1), or the word"
              + " balanced (default: all 1).")
  private List<String> classWeights = List.of();

  @Option(
      names = "--precision",
      defaultValue = "fp32",
      paramLabel = "fp32|bf16",
      description =
          "What the network is computed in; weights and optimiser are float32 (default:"
              + " ${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(
      names = "--warmup-steps",
      defaultValue = "10",
      paramLabel = "STEPS",
      description = "Steps of linear warm-up (default: ${DEFAULT-VALUE}).")
  private int warmupSteps;

  @Option(
      names = "--weight-decay",
      defaultValue = "0.01",
      paramLabel = "WEIGHT",
      description =
          "Weight decay of matrices; biases and norms have none (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(
      names = "--clip-norm",
      defaultValue = "1.0",
      paramLabel = "NORM",
      description = "Largest norm of a gradient (default: ${DEFAULT-VALUE}).")
  private double clipNorm;

  @Option(
      names = "--skip-lambda",
      defaultValue = "0.05",
      paramLabel = "WEIGHT",
      description = "Weight of the skip penalty (default: ${DEFAULT-VALUE}).")
  private double skipLambda;

  @Option(
      names = "--stage-one-eta",
      defaultValue = "0.01",
      paramLabel = "WEIGHT",
      description = "Weight of stage 1's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageOneEta;

  @Option(
      names = "--stage-one-tau",
      defaultValue = "0.5",
      paramLabel = "TEMPERATURE",
      description = "Temperature of stage 1's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageOneTau;

  @Option(
      names = "--stage-two-eta",
      defaultValue = "0.05",
      paramLabel = "WEIGHT",
      description = "Weight of stage 2's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageTwoEta;

  @Option(
      names = "--stage-two-tau",
      defaultValue = "0.55",
      paramLabel = "TEMPERATURE",
      description = "Temperature of stage 2's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageTwoTau;

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "NUMBER",
      description = "Of new weights, row order and dropout (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Refuses values out of range, all at once. */
  public void validate(double validationFraction) {
    List<String> wrong = new ArrayList<>();
    learningRates.forEach(rate -> positive(wrong, "--learning-rate", rate));
    if (headLearningRate != null) {
      positive(wrong, "--head-learning-rate", headLearningRate);
    }
    if (precision == Precision.INT8) {
      wrong.add("--precision int8 is for scoring; train in fp32 or bf16 and quantize then");
    }
    positive(wrong, "--batch-size", batchSize);
    positive(wrong, "--accumulation", accumulation);
    positive(wrong, "--stage-one-epochs", stageOneEpochs);
    positive(wrong, "--stage-two-epochs", stageTwoEpochs);
    positive(wrong, "--warmup-steps", warmupSteps);
    positive(wrong, "--clip-norm", clipNorm);
    positive(wrong, "--stage-one-tau", stageOneTau);
    positive(wrong, "--stage-two-tau", stageTwoTau);
    atLeastZero(wrong, "--soft-epochs", softEpochs);
    atLeastZero(wrong, "--max-steps", maxSteps);
    atLeastZero(wrong, "--max-minutes", maxMinutes);
    atLeastZero(wrong, "--evaluate-every", evaluateEvery);
    atLeastZero(wrong, "--early-stopping", patience);
    atLeastZero(wrong, "--freeze-layers", frozenLayers);
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      wrong.add("--label-smoothing is " + labelSmoothing + " and must lie in 0 to below 1");
    }
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

  public int batchSize() {
    return batchSize;
  }

  /** What each class weighs, as --class-weights says it. */
  public ClassWeighting classWeighting() {
    if (classWeights.equals(List.of("balanced"))) {
      return new ClassWeighting.Balanced();
    }
    Map<String, Double> weights = new LinkedHashMap<>();
    for (String text : classWeights) {
      int equals = text.lastIndexOf('=');
      try {
        weights.put(text.substring(0, equals), Double.valueOf(text.substring(equals + 1)));
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        throw new InvalidInputException(
            e,
            "--class-weights holds %s; it takes LABEL=WEIGHT with a number above 0, or the word"
                + " balanced.",
            text);
      }
    }
    return weights.isEmpty() ? new ClassWeighting.Equal() : new ClassWeighting.ByLabel(weights);
  }

  /** The settings, without class weights. */
  public TrainingSettings settings(MethodOptions method) {
    return new TrainingSettings(
        new TrainingSettings.Optimisation(
            learningRates,
            headLearningRate == null
                ? TrainingSettings.HeadLearningRate.BACKBONES
                : new TrainingSettings.HeadLearningRate(headLearningRate),
            schedule,
            warmupSteps,
            weightDecay,
            clipNorm,
            batchSize,
            accumulation),
        new TrainingSettings.Epochs(
            stageOneEpochs,
            method.softEpochs(stageOneEpochs, softEpochs),
            stageTwoEpochs,
            maxSteps,
            maxMinutes),
        new TrainingSettings.Losses(
            skipLambda,
            new TrainingSettings.Contrast(method.eta(stageOneEta), stageOneTau),
            new TrainingSettings.Contrast(method.eta(stageTwoEta), stageTwoTau),
            method.teacher(),
            labelSmoothing,
            List.of()),
        new TrainingSettings.Selection(metric, evaluateEvery, patience),
        frozenLayers,
        precision,
        seed);
  }
}
