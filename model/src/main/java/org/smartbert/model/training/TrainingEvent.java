package org.smartbert.model.training;

import java.io.Serializable;

/** What a training run reports while it runs. */
public sealed interface TrainingEvent extends Serializable {
  /**
   * A step is done.
   *
   * @param stage 1 or 2
   * @param epoch from 1
   * @param step of the stage, from 1
   * @param steps of the stage in all
   * @param rowsPerSecond since the epoch began
   */
  record Step(
      int stage,
      int epoch,
      int step,
      int steps,
      double loss,
      double crossEntropy,
      double skipPenalty,
      double contrastive,
      double[] gateMeans,
      double learningRate,
      double rowsPerSecond)
      implements TrainingEvent {}

  /**
   * An epoch's model was scored on the validation rows: in stage 1 with gates on and exits off, in
   * stage 2 with both on.
   *
   * @param cost mean FLOPs divided by full depth's
   * @param meanLayers mean layers executed
   */
  record Validation(
      int stage, int epoch, int step, double accuracy, double cost, double meanLayers, boolean best)
      implements TrainingEvent {}
}
