package org.smartbert.jobs.statistics;

import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * The exact test of the hypothesis that errors are more frequent than a tolerance, from independent
 * rows: its p-value is the probability of as few errors as were seen, or fewer, where they are
 * exactly as frequent as the tolerance.
 *
 * @param epsilon the tolerance, between 0 and 1
 * @param delta level of the test, between 0 and 1
 */
public record BinomialTest(double epsilon, double delta) {
  public BinomialTest {
    Shares.requireInside("epsilon", epsilon);
    Shares.requireInside("delta", delta);
  }

  /** P(Bin(rows, epsilon) <= errors); the hypothesis is rejected where this is at most delta. */
  public double pValue(long errors, long rows) {
    return distribution(rows).cumulativeProbability(Math.toIntExact(errors));
  }

  /** The most errors that still reject; -1 where even none does not, because rows are too few. */
  public long mostErrors(long rows) {
    // The smallest number whose probability reaches delta is one too many, unless it is equal.
    int reaches = distribution(rows).inverseCumulativeProbability(delta);
    return pValue(reaches, rows) <= delta ? reaches : reaches - 1L;
  }

  /** The fewest rows that reject where there are no errors: (1 - epsilon)^rows <= delta. */
  public long fewestRows() {
    return (long) Math.ceil(Math.log(delta) / Math.log1p(-epsilon));
  }

  private BinomialDistribution distribution(long rows) {
    // Without a generator of random numbers, which is not needed and takes long to make.
    return new BinomialDistribution(null, Math.toIntExact(rows), epsilon);
  }
}
