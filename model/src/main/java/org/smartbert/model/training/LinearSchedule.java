package org.smartbert.model.training;

/** Linear warm-up from 0 to {@code peak}, then linear decay to 0 at the last step. */
record LinearSchedule(double peak, long warmupSteps, long steps) {
  /** The learning rate of a step, counted from 1. */
  double rate(long step) {
    if (step <= warmupSteps) {
      return peak * step / warmupSteps;
    }
    return peak * (steps - step + 1) / (steps - warmupSteps);
  }
}
