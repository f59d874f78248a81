package org.smartbert.model.training;

import java.io.Serializable;

/** Progress that a training run reports while it runs. */
public sealed interface TrainingEvent extends Serializable {
  /** The step of this event, or the last one before it. */
  StepIndex index();

  /** 1 or 2. */
  default int stage() {
    return index().stage();
  }

  /** The learning rate of stage 1 that is being tried, from 1. */
  default int trial() {
    return index().trial();
  }

  /** From 1. */
  default int epoch() {
    return index().epoch();
  }

  /** Of the stage and trial, from 1. */
  default int step() {
    return index().step();
  }

  /**
   * An optimiser step.
   *
   * @param steps the number of steps of the stage
   * @param loss of the global batch
   * @param rates the learning rates of the step
   * @param rowsPerSecond over all workers, since the epoch began or was resumed
   */
  record Step(StepIndex index, int steps, LossTerms loss, LearningRates rates, double rowsPerSecond)
      implements TrainingEvent {}

  /**
   * An evaluation of the current model on the validation rows: in stage 1 with gates on and exits
   * off, in stage 2 with both on.
   *
   * @param cost mean FLOPs divided by those of the full depth
   * @param meanLayers mean number of layers executed
   * @param trainedGates the gates of the steps before it. Whatever these are, the evaluation's are
   *     {@link #gates}
   * @param best whether this is the best state so far. One of soft gates is so only until hard
   *     gates are evaluated, if there is an epoch of them
   */
  record Validation(
      StepIndex index,
      Scores scores,
      double cost,
      double meanLayers,
      GateMode trainedGates,
      boolean best)
      implements TrainingEvent {
    Validation marked(boolean isBest) {
      return new Validation(index, scores, cost, meanLayers, trainedGates, isBest);
    }

    /** The gates of the evaluation: hard, as inference reads them, or none. */
    public GateMode gates() {
      return trainedGates == GateMode.OFF ? GateMode.OFF : GateMode.HARD;
    }
  }

  /**
   * The metrics of an evaluation; NaN if a logit is infinite or NaN.
   *
   * @param f1 of the second of two classes, or the mean over more
   * @param mcc Matthews correlation coefficient
   */
  record Scores(double accuracy, double f1, double mcc) implements Serializable {
    /** The value of a metric. */
    public double value(Metric metric) {
      return switch (metric) {
        case ACCURACY -> accuracy;
        case F1 -> f1;
        case MCC -> mcc;
      };
    }
  }
}
