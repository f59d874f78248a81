package org.smartbert.bench.promises;

import org.smartbert.jobs.statistics.FixedSequence;

/** Which policies of a grid a series of tests certifies: those with the indices below a number. */
enum Rule {
  /** As {@code calibrate} does. */
  FIXED_SEQUENCE {
    @Override
    int certified(double[] pValues, double delta) {
      return FixedSequence.rejected(pValues, delta);
    }
  },
  /**
   * A mistake that was published: the first policy that fails its test is taken. It is here to show
   * that the simulation finds a promise that is not kept.
   */
  FIRST_FAILING {
    @Override
    int certified(double[] pValues, double delta) {
      return Math.min(pValues.length, FixedSequence.rejected(pValues, delta) + 1);
    }
  };

  /**
   * How many policies are certified.
   *
   * @param pValues of the hypotheses that a policy breaks the promise
   */
  abstract int certified(double[] pValues, double delta);
}
