package org.smartbert.model.training;

import java.io.Serializable;
import java.util.List;
import org.smartbert.model.Precision;

/**
 * The hyperparameters of training. Defaults are the paper's, and the authors' published ones where
 * the paper has none; the command {@code train} differs in {@link HeadLearningRate#DEFAULT} alone.
 *
 * @param gateBias what the bias of each new gate's output starts from. The paper's is 0: a gate
 *     skips with a probability of one half. Below 0 gates start by executing
 * @param seed of new weights, row order and dropout
 */
public record TrainingSettings(
    Optimisation optimisation,
    Epochs epochs,
    Losses losses,
    Selection selection,
    Precision precision,
    double gateBias,
    long seed)
    implements Serializable {
  /** The paper's λ of equation 3. */
  public static final double SKIP_LAMBDA = 0.05;

  /**
   * The optimiser and what it trains.
   *
   * @param rates the learning rates
   * @param weightDecay AdamW's, on matrices only
   * @param clipNorm maximum global L2 norm of a gradient
   * @param batchSize rows of a global batch
   * @param accumulation number of micro-batches of a worker's share
   * @param frozen what stage 1 does not train
   */
  public record Optimisation(
      Rates rates,
      double weightDecay,
      double clipNorm,
      int batchSize,
      int accumulation,
      Frozen frozen)
      implements Serializable {

    public Optimisation with(Frozen changed) {
      return new Optimisation(rates, weightDecay, clipNorm, batchSize, accumulation, changed);
    }
  }

  /**
   * What stage 1 leaves as the backbone brought it.
   *
   * @param embeddings whether the look-up tables and their norm
   * @param layers how many of the lowest layers
   */
  public record Frozen(boolean embeddings, int layers) implements Serializable {
    /** Everything is trained. */
    public static final Frozen NOTHING = new Frozen(false, 0);

    public static final Frozen EMBEDDINGS = new Frozen(true, 0);

    /** The lowest layers, with the embeddings; nothing for 0. */
    public static Frozen lowest(int layers) {
      return layers == 0 ? NOTHING : new Frozen(true, layers);
    }
  }

  /**
   * The learning rates and their schedule.
   *
   * @param peaks to try in stage 1; the best on the validation rows is used in stage 2
   * @param heads peak for gates, classifiers and contrast heads in both stages
   * @param warmupSteps steps of linear warm-up, before the schedule decays to 0
   */
  public record Rates(
      List<Double> peaks, HeadLearningRate heads, Schedule schedule, int warmupSteps)
      implements Serializable {

    /** One rate for all weights, with 10 steps of warm-up and linear decay, as in the paper. */
    public static Rates of(double peak) {
      return new Rates(List.of(peak), HeadLearningRate.BACKBONES, Schedule.LINEAR, 10);
    }

    /** The peaks of a trial of stage 1, from 1, or of stage 2 after it. */
    LearningRates trial(int number) {
      double backbone = peaks.get(number - 1);
      return new LearningRates(backbone, heads.peak(backbone));
    }
  }

  /**
   * The peak for the weights that a backbone does not bring.
   *
   * @param peak or 0 for the backbone's
   * @param least the backbone's is raised to this one; 0 for a peak that is given
   */
  public record HeadLearningRate(double peak, double least) implements Serializable {
    /** The backbone's, as in the paper. */
    public static final HeadLearningRate BACKBONES = atLeast(0);

    /**
     * At the backbone's rate new classifiers of a pretrained network learn too slowly for rows to
     * exit. Searched on three data sets: docs/benchmarks.md.
     */
    public static final HeadLearningRate DEFAULT = atLeast(1e-3);

    /** A peak of their own, whatever the backbone's. */
    public static HeadLearningRate of(double peak) {
      return new HeadLearningRate(peak, 0);
    }

    /** The backbone's peak, or {@code least} if that is higher. */
    public static HeadLearningRate atLeast(double least) {
      return new HeadLearningRate(0, least);
    }

    double peak(double backbone) {
      return peak > 0 ? peak : Math.max(backbone, least);
    }

    @Override
    public String toString() {
      return peak > 0
          ? Double.toString(peak)
          : least > 0 ? "the backbone's, at least " + least : "the backbone's";
    }
  }

  /**
   * How long.
   *
   * @param soft how many of stage 1's epochs have soft gates
   * @param maxSteps of each stage; 0: no limit
   * @param maxMinutes of the run, shared by the stages as their epochs are; 0: no limit
   */
  public record Epochs(int stageOne, int soft, int stageTwo, int maxSteps, double maxMinutes)
      implements Serializable {}

  /**
   * What is minimised.
   *
   * @param skips what makes gates skip
   * @param stageOne η and τ of equations 3 and 4
   * @param stageTwo η and τ of equations 5 and 8
   * @param labelSmoothing share of a label's probability that is spread over all classes
   * @param teacher how a student learns from a teacher (DistilBERT)
   * @param classWeights weight of each class in the cross-entropies; empty: all 1
   * @param exits what stage 2's classifiers learn. FastBERT's learn from the last one, and those of
   *     a conversion from the classifier, whatever this is
   */
  public record Losses(
      SkipPenalty skips,
      Contrast stageOne,
      Contrast stageTwo,
      Teacher teacher,
      double labelSmoothing,
      List<Double> classWeights,
      ExitTargets exits)
      implements Serializable {
    /** The paper's skip penalty with weight λ, and exits that learn the labels. */
    public Losses(
        double skipLambda,
        Contrast stageOne,
        Contrast stageTwo,
        Teacher teacher,
        double labelSmoothing,
        List<Double> classWeights) {
      this(
          new SkipPenalty.Reciprocal(skipLambda),
          stageOne,
          stageTwo,
          teacher,
          labelSmoothing,
          classWeights,
          ExitTargets.LABELS);
    }

    public Losses with(SkipPenalty changed) {
      return new Losses(changed, stageOne, stageTwo, teacher, labelSmoothing, classWeights, exits);
    }

    public Losses with(ExitTargets changed) {
      return new Losses(skips, stageOne, stageTwo, teacher, labelSmoothing, classWeights, changed);
    }

    Losses withClassWeights(List<Double> changed) {
      return new Losses(skips, stageOne, stageTwo, teacher, labelSmoothing, changed, exits);
    }
  }

  /**
   * What a teacher's answers weigh.
   *
   * @param labelsShare weight of the labels' cross-entropy; the softened divergence has the rest
   * @param temperature of both distributions
   */
  public record Teacher(double labelsShare, double temperature) implements Serializable {}

  /** Weight η and temperature τ of a contrastive term. */
  public record Contrast(double eta, double tau) implements Serializable {}

  /**
   * Which state of stage 1 is kept.
   *
   * @param evaluateEvery steps between evaluations; 0: after each epoch
   * @param patience evaluations without gain after which a stage ends; 0: never
   */
  public record Selection(Metric metric, int evaluateEvery, int patience) implements Serializable {}

  public static TrainingSettings defaults() {
    return new TrainingSettings(
        new Optimisation(Rates.of(2e-5), 0.01, 1.0, 32, 1, Frozen.NOTHING),
        new Epochs(5, 3, 4, 0, 0),
        new Losses(
            SKIP_LAMBDA,
            new Contrast(0.01, 0.5),
            new Contrast(0.05, 0.55),
            new Teacher(0.5, 2),
            0,
            List.of()),
        new Selection(Metric.ACCURACY, 0, 0),
        Precision.FP32,
        0,
        42);
  }

  public TrainingSettings with(Optimisation changed) {
    return new TrainingSettings(changed, epochs, losses, selection, precision, gateBias, seed);
  }

  public TrainingSettings with(Epochs changed) {
    return new TrainingSettings(
        optimisation, changed, losses, selection, precision, gateBias, seed);
  }

  public TrainingSettings with(Losses changed) {
    return new TrainingSettings(
        optimisation, epochs, changed, selection, precision, gateBias, seed);
  }

  public TrainingSettings with(Selection changed) {
    return new TrainingSettings(optimisation, epochs, losses, changed, precision, gateBias, seed);
  }

  public TrainingSettings with(Precision changed) {
    return new TrainingSettings(optimisation, epochs, losses, selection, changed, gateBias, seed);
  }

  public TrainingSettings withClassWeights(List<Double> changed) {
    return with(losses.withClassWeights(changed));
  }

  public TrainingSettings with(Frozen changed) {
    return with(optimisation.with(changed));
  }

  public TrainingSettings withGateBias(double changed) {
    return new TrainingSettings(optimisation, epochs, losses, selection, precision, changed, seed);
  }

  public TrainingSettings withSeed(long changed) {
    return new TrainingSettings(
        optimisation, epochs, losses, selection, precision, gateBias, changed);
  }

  /** Whether an epoch of stage 1 has hard gates, as inference has; all may have soft ones. */
  public boolean trainsHardGates() {
    return epochs.soft() < epochs.stageOne();
  }

  /** The gates' mode in an epoch of stage 1, counted from 1. */
  public GateMode gateMode(int epoch) {
    return epoch <= epochs.soft() ? GateMode.SOFT : GateMode.HARD;
  }
}
