package org.smartbert.jobs.statistics;

/**
 * The test by betting of the hypothesis that the mean of losses of -1, 0 or 1 is above a tolerance
 * (Waudby-Smith and Ramdas 2023, section 4). Wealth begins at 1 and is multiplied by {@code 1 -
 * bet_i (loss_i - epsilon)} row by row. Under the hypothesis it is a supermartingale whatever the
 * bets, as long as a bet depends on earlier rows only; so by Ville's inequality it ever reaches
 * 1/delta with probability delta at most. The rows must be in an order that does not depend on
 * their losses.
 *
 * <p>Bets are {@code sqrt(2 ln(1/delta) / (rows * variance))}, with the variance of the rows
 * before, and at most three quarters of the bet at which one loss takes everything. Not safe for
 * threads.
 */
public final class BettingTest {
  /** Share of the largest bet. */
  private static final double BOLDEST = 0.75;

  /** A mean and a variance to begin with, as of one row: those of [0, 1] (1/2, 1/4) on [-1, 1]. */
  private static final double PRIOR_MEAN = 0;

  private static final double PRIOR_VARIANCE = 1;

  private final double epsilon;
  private final double boldest;
  private final double scale;
  private long seen;
  private double sum = PRIOR_MEAN;
  private double squares = PRIOR_VARIANCE;
  private double logWealth;
  private double highest;

  /**
   * A test before its first row.
   *
   * @param epsilon the tolerance, between 0 and 1
   * @param delta level of the test, between 0 and 1, which the bets are made for
   * @param rows that are expected
   */
  public BettingTest(double epsilon, double delta, long rows) {
    Shares.requireInside("epsilon", epsilon);
    Shares.requireInside("delta", delta);
    this.epsilon = epsilon;
    this.boldest = BOLDEST / (1 - epsilon);
    this.scale = 2 * Math.log(1 / delta) / rows;
  }

  /** Takes in the loss of the next row: -1, 0 or 1. */
  public void add(int loss) {
    double variance = squares / (seen + 1);
    double bet = Math.min(Math.sqrt(scale / variance), boldest);
    logWealth += Math.log1p(-bet * (loss - epsilon));
    highest = Math.max(highest, logWealth);
    seen++;
    sum += loss;
    double deviation = loss - sum / (seen + 1);
    squares += deviation * deviation;
  }

  /** One over the highest wealth so far; the hypothesis is rejected where this is at most delta. */
  public double pValue() {
    return Math.exp(-highest);
  }

  /** The fewest rows that reject where all losses are 0. */
  public static long fewestRows(double epsilon, double delta) {
    long enough = 1;
    while (!rejectsZeros(epsilon, delta, enough)) {
      enough *= 2;
    }
    long tooFew = enough / 2;
    while (enough - tooFew > 1) {
      long middle = (enough + tooFew) / 2;
      if (rejectsZeros(epsilon, delta, middle)) {
        enough = middle;
      } else {
        tooFew = middle;
      }
    }
    return enough;
  }

  private static boolean rejectsZeros(double epsilon, double delta, long rows) {
    BettingTest test = new BettingTest(epsilon, delta, rows);
    for (long row = 0; row < rows; row++) {
      test.add(0);
    }
    return test.pValue() <= delta;
  }
}
