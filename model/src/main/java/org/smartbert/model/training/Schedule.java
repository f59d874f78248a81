package org.smartbert.model.training;

/** How the learning rate decays to 0 after a linear warm-up from 0. */
public enum Schedule {
  LINEAR {
    @Override
    double decay(double share) {
      return 1 - share;
    }
  },
  COSINE {
    @Override
    double decay(double share) {
      return 0.5 * (1 + Math.cos(Math.PI * share));
    }
  };

  /** What is left of the peak after a share, 0 to 1, of the steps behind the warm-up. */
  abstract double decay(double share);

  /** The learning rate of a step, counted from 1. */
  double rate(double peak, long warmupSteps, long steps, long step) {
    if (step <= warmupSteps) {
      return peak * step / warmupSteps;
    }
    return peak * decay((double) (step - 1 - warmupSteps) / (steps - warmupSteps));
  }
}
