package org.smartbert.jobs.cli.options;

import java.util.List;
import org.smartbert.model.training.Schedule;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;
import picocli.CommandLine.Option;

/** The optimiser, its learning rates, and what it trains. */
final class OptimiserOptions {
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
      paramLabel = "RATE|same",
      converter = HeadRateConverter.class,
      description =
          "Peak of both stages for gates, classifiers and contrast heads, which start from random"
              + " weights; same: that of --learning-rate, as in the paper (default: 1e-3, or that"
              + " of --learning-rate if it is higher).")
  private HeadLearningRate headLearningRate = HeadLearningRate.DEFAULT;

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

  void validate(OptionErrors errors) {
    learningRates.forEach(rate -> errors.positive("--learning-rate", rate));
    errors.positive("--batch-size", batchSize);
    errors.positive("--accumulation", accumulation);
    errors.positive("--warmup-steps", warmupSteps);
    errors.positive("--clip-norm", clipNorm);
    errors.atLeastZero("--freeze-layers", frozenLayers);
    errors.atLeastZero("--weight-decay", weightDecay);
  }

  int batchSize() {
    return batchSize;
  }

  private TrainingSettings.Frozen frozen() {
    // The lowest layers are frozen with the embeddings, whether --freeze names them or not.
    return frozenLayers == 0 && frozenPart == Freezable.EMBEDDINGS
        ? TrainingSettings.Frozen.EMBEDDINGS
        : TrainingSettings.Frozen.lowest(frozenLayers);
  }

  TrainingSettings.Optimisation optimisation() {
    return new TrainingSettings.Optimisation(
        new TrainingSettings.Rates(learningRates, headLearningRate, schedule, warmupSteps),
        weightDecay,
        clipNorm,
        batchSize,
        accumulation,
        frozen());
  }
}
