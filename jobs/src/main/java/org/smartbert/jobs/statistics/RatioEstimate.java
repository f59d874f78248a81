package org.smartbert.jobs.statistics;

/**
 * A ratio of two means over rows, with its 95 % interval by the normal approximation of the
 * residuals {@code x - ratio * y} (the delta method).
 *
 * @param value the sum of x over the sum of y
 */
public record RatioEstimate(double value, double low, double high) {
  /** 97.5th percentile of the normal distribution. */
  private static final double NORMAL = 1.959963984540054;

  /**
   * Sums over rows, which may be added up in parts.
   *
   * @param x of the numerators, {@code y} of the denominators
   * @param xx of the numerators' squares, {@code xy} of the products, {@code yy} of the
   *     denominators' squares
   */
  public record Sums(long rows, double x, double y, double xx, double xy, double yy) {
    public static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0);

    /** With one more row. */
    public Sums with(double numerator, double denominator) {
      return plus(
          new Sums(
              1,
              numerator,
              denominator,
              numerator * numerator,
              numerator * denominator,
              denominator * denominator));
    }

    /** Of both. */
    public Sums plus(Sums other) {
      return new Sums(
          rows + other.rows, x + other.x, y + other.y, xx + other.xx, xy + other.xy, yy + other.yy);
    }
  }

  /** Of one row or more; of a single row the interval is the value. */
  public static RatioEstimate of(Sums sums) {
    double ratio = sums.x() / sums.y();
    double residuals = Math.max(0, sums.xx() - 2 * ratio * sums.xy() + ratio * ratio * sums.yy());
    double variance =
        sums.rows() > 1 ? residuals * sums.rows() / (sums.rows() - 1) / sums.y() / sums.y() : 0;
    double half = NORMAL * Math.sqrt(variance);
    return new RatioEstimate(ratio, Math.max(0, ratio - half), ratio + half);
  }
}
