package org.smartbert.jobs.statistics;

/**
 * Tests of several hypotheses in an order that was fixed before their rows were seen, each at the
 * full level, up to the first that is not rejected. With probability 1 - delta none of those that
 * are rejected is true, however the tests depend on each other: the first true one is rejected with
 * probability delta at most, and no later one without it. So any of them may be chosen afterwards
 * (Angelopoulos and others 2021, "Learn then Test").
 */
public final class FixedSequence {
  private FixedSequence() {}

  /**
   * How many hypotheses are rejected: those with the indices below it.
   *
   * @param pValues in the fixed order
   */
  public static int rejected(double[] pValues, double delta) {
    int rejected = 0;
    while (rejected < pValues.length && pValues[rejected] <= delta) {
      rejected++;
    }
    return rejected;
  }
}
