package org.smartbert.bench.promises;

import org.smartbert.jobs.statistics.BettingTest;
import org.smartbert.jobs.statistics.BinomialTest;
import org.smartbert.model.calibration.Risk;

/**
 * A promise, and how many rows it is tested on.
 *
 * @param epsilon the bound on the mean of the risk
 * @param delta the probability with which the promise may be broken
 * @param rows of a sample
 */
record Setting(Risk risk, double epsilon, double delta, int rows) {
  /** The p-value of the hypothesis that a policy breaks the promise, from a sample in its order. */
  double pValue(Recording recording, int policy, int[] sample) {
    if (risk == Risk.ACCURACY) {
      BettingTest test = new BettingTest(epsilon, delta, sample.length);
      for (int row : sample) {
        test.add(recording.loss(row, policy));
      }
      return test.pValue();
    }
    long errors = 0;
    for (int row : sample) {
      errors += recording.loss(row, policy);
    }
    return new BinomialTest(epsilon, delta).pValue(errors, sample.length);
  }
}
