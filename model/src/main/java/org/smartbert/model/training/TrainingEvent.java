package org.smartbert.model.training;

import java.io.Serializable;

/** What a training run reports while it runs. */
public sealed interface TrainingEvent extends Serializable {
  /** 1 or 2. */
  int stage();

  /** Which of the learning rates is tried, from 1. */
  int trial();

  /** Of the stage and trial, from 1. */
  int step();

  /**
   * A step is done.
   *
   * @param stage 1 or 2
   * @param trial which of the learning rates is tried, from 1
   * @param epoch from 1
   * @param step of the stage, from 1
   * @param steps of the stage in all
   * @param learningRate of the backbone
   * @param headLearningRate of gates, classifiers and contrast heads
   * @param rowsPerSecond over all workers, since the epoch began or was gone on with
   */
  record Step(
      int stage,
      int trial,
      int epoch,
      int step,
      int steps,
      double loss,
      double crossEntropy,
      double skipPenalty,
      double contrastive,
      double[] gateMeans,
      double learningRate,
      double headLearningRate,
      double rowsPerSecond)
      implements TrainingEvent {}

  /**
   * The model as it stands was scored on the validation rows: in stage 1 with gates on and exits
   * off, in stage 2 with both on.
   *
   * @param f1 of the second of two classes, or the mean over more
   * @param mcc Matthews' correlation coefficient
   * @param cost mean FLOPs divided by full depth's
   * @param meanLayers mean layers executed
   * @param best whether this is the state that goes on, so far
   */
  record Validation(
      int stage,
      int trial,
      int epoch,
      int step,
      double accuracy,
      double f1,
      double mcc,
      double cost,
      double meanLayers,
      boolean best)
      implements TrainingEvent {
    /** The value of a metric. */
    public double value(Metric metric) {
      return switch (metric) {
        case ACCURACY -> accuracy;
        case F1 -> f1;
        case MCC -> mcc;
      };
    }

    Validation marked(boolean isBest) {
      return new Validation(stage, trial, epoch, step, accuracy, f1, mcc, cost, meanLayers, isBest);
    }
  }
}
