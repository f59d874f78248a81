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

/** The training hyperparameters; defaults are the paper's. */
public final class TrainingOptions {
  @Option(
      names = "--learning-rate",
      defaultValue = "2e-5",
      split = ",",
      paramLabel = "RATE",
      description =
          "Peak of the learning rate in both stages (default: ${DEFAULT-VALUE}; small backbones"
              + " need 1e-4 to 1e-3). Given several, separated by commas, stage 1 trains with"
              + " each and keeps the best on the validation rows.")
  private List<Double> learningRates;

  @Option(
      names = "--head-learning-rate",
      paramLabel = "RATE",
      description =
          "Peak of both stages for gates, classifiers and contrast heads, which start from random"
              + " weights (default: that of --learning-rate, as in the paper; large backbones"
              + " need 1e-3 to 2e-3).")
  private Double headLearningRate;

  @Option(
      names = "--schedule",
      defaultValue = "linear",
      paramLabel = "linear|cosine",
      description = "Learning rate decay after the warmup (default: ${DEFAULT-VALUE}).")
  private Schedule schedule;

  @Option(
      names = "--batch-size",
      defaultValue = "32",
      paramLabel = "ROWS",
      description = "Rows per training step, over all workers (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--accumulation",
      defaultValue = "1",
      paramLabel = "PARTS",
      description =
          "Gradient accumulation: micro-batches per step and worker, to save memory"
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
      description = "First epochs of stage 1, trained with soft gates (default: ${DEFAULT-VALUE}).")
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
      description = "Maximum steps per stage; 0 disables the limit (default: ${DEFAULT-VALUE}).")
  private int maxSteps;

  @Option(
      names = "--max-minutes",
      defaultValue = "0",
      paramLabel = "MINUTES",
      description =
          "Maximum duration of the run, divided between the stages in proportion to their epochs;"
              + " 0 disables the limit (default:"
              + " ${DEFAULT-VALUE}).")
  private double maxMinutes;

  @Option(
      names = "--evaluate-every",
      defaultValue = "0",
      paramLabel = "STEPS",
      description =
          "Steps between evaluations on the validation rows; 0 evaluates after each epoch (default:"
              + " ${DEFAULT-VALUE}).")
  private int evaluateEvery;

  @Option(
      names = "--metric",
      defaultValue = "accuracy",
      paramLabel = "accuracy|f1|mcc",
      description = "Metric that selects the best state of stage 1 (default: ${DEFAULT-VALUE}).")
  private Metric metric;

  @Option(
      names = "--early-stopping",
      defaultValue = "0",
      paramLabel = "EVALUATIONS",
      description =
          "Stop stage 1 after this many evaluations without improvement; 0 disables early"
              + " stopping (default:"
              + " ${DEFAULT-VALUE}).")
  private int patience;

  /** What --freeze names. */
  private enum Freezable {
    EMBEDDINGS
  }

  @Option(
      names = "--freeze",
      paramLabel = "embeddings",
      description =
          "Part of the backbone to freeze while all layers are trained: the embeddings, a third of"
              + " the weights of a backbone 384 wide (default: none).")
  private Freezable frozenPart;

  @Option(
      names = "--freeze-layers",
      defaultValue = "0",
      paramLabel = "K",
      description =
          "Freeze the embeddings and the lowest K layers; 0 trains all layers (default:"
              + " ${DEFAULT-VALUE}).")
  private int frozenLayers;

  @Option(
      names = "--label-smoothing",
      defaultValue = "0",
      paramLabel = "SHARE",
      description =
          "Label smoothing: probability mass of each label that is spread over all classes"
              + " (default: ${DEFAULT-VALUE}).")
  private double labelSmoothing;

  @Option(
      names = "--class-weights",
      split = ",",
      paramLabel = "LABEL=WEIGHT",
      description =
          "Class weights in the loss, as LABEL=WEIGHT separated by commas, or balanced; labels"
              + " that are not listed have the weight 1 (default: 1 for all).")
  private List<String> classWeights = List.of();

  @Option(
      names = "--precision",
      defaultValue = "fp32",
      paramLabel = "fp32|bf16",
      description =
          "Precision of the forward and backward pass; weights and optimizer state are float32"
              + " (default:"
              + " ${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(
      names = "--warmup-steps",
      defaultValue = "10",
      paramLabel = "STEPS",
      description = "Steps of linear learning rate warmup (default: ${DEFAULT-VALUE}).")
  private int warmupSteps;

  @Option(
      names = "--weight-decay",
      defaultValue = "0.01",
      paramLabel = "WEIGHT",
      description =
          "Weight decay of weight matrices; biases and LayerNorm have none (default:"
              + " ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(
      names = "--clip-norm",
      defaultValue = "1.0",
      paramLabel = "NORM",
      description = "Maximum gradient norm (default: ${DEFAULT-VALUE}).")
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
      description = "Seed of new weights, row order and dropout (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Refuses values out of range, all at once. */
  public void validate(double validationFraction) {
    List<String> wrong = new ArrayList<>();
    learningRates.forEach(rate -> positive(wrong, "--learning-rate", rate));
    if (headLearningRate != null) {
      positive(wrong, "--head-learning-rate", headLearningRate);
    }
    if (precision == Precision.INT8) {
      wrong.add(
          "--precision int8 is for scoring; train with fp32 or bf16, then quantize the" + " model");
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
      wrong.add("--label-smoothing is " + labelSmoothing + " and must be at least 0 and below 1");
    }
    atLeastZero(wrong, "--weight-decay", weightDecay);
    atLeastZero(wrong, "--skip-lambda", skipLambda);
    atLeastZero(wrong, "--stage-one-eta", stageOneEta);
    atLeastZero(wrong, "--stage-two-eta", stageTwoEta);
    if (!(validationFraction > 0 && validationFraction < 1)) {
      wrong.add("--validation-fraction is " + validationFraction + " and must be between 0 and 1");
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

  private TrainingSettings.Frozen frozen() {
    // The lowest layers are frozen with the embeddings, whether --freeze names them or not.
    return frozenLayers == 0 && frozenPart == Freezable.EMBEDDINGS
        ? TrainingSettings.Frozen.EMBEDDINGS
        : TrainingSettings.Frozen.lowest(frozenLayers);
  }

  /** The settings, without class weights. */
  public TrainingSettings settings(MethodOptions method) {
    return new TrainingSettings(
        new TrainingSettings.Optimisation(
            new TrainingSettings.Rates(
                learningRates,
                headLearningRate == null
                    ? TrainingSettings.HeadLearningRate.BACKBONES
                    : new TrainingSettings.HeadLearningRate(headLearningRate),
                schedule,
                warmupSteps),
            weightDecay,
            clipNorm,
            batchSize,
            accumulation,
            frozen()),
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
        precision,
        seed);
  }
}
