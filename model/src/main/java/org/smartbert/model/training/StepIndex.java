package org.smartbert.model.training;

import java.io.Serializable;

/**
 * The index of an optimiser step in a training run.
 *
 * @param stage 1 or 2
 * @param trial the learning rate of stage 1 that is being tried, from 1
 * @param epoch from 1
 * @param step of this stage and trial, from 1; 0 before the first
 */
public record StepIndex(int stage, int trial, int epoch, int step) implements Serializable {
  StepIndex nextStep() {
    return new StepIndex(stage, trial, epoch, step + 1);
  }

  StepIndex nextEpoch() {
    return new StepIndex(stage, trial, epoch + 1, step);
  }

  static StepIndex startOf(int stage, int trial) {
    return new StepIndex(stage, trial, 1, 0);
  }
}
