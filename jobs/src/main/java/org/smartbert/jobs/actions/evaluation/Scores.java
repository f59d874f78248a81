package org.smartbert.jobs.actions.evaluation;

import java.util.Arrays;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.smartbert.model.training.Metric;

/**
 * A metric of a confusion matrix with the 95 % interval of the bootstrap. Drawing rows with
 * replacement is drawing the matrix's cells from a multinomial distribution, so the rows themselves
 * are not needed.
 *
 * @param value the metric
 * @param low its 2.5th percentile over the resamples
 * @param high its 97.5th
 */
public record Scores(double value, double low, double high) {
  private static final int RESAMPLES = 1000;
  private static final double TAIL = 0.025;
  private static final long ACCURACY_SEED = 1;

  /** The metric of counts [actual][predicted], resampled with a seed. */
  public static Scores of(Metric metric, double[][] counts, long seed) {
    RandomGenerator random = new Well19937c(seed);
    double[] values = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      values[i] = metric.of(resampled(counts, random));
    }
    Arrays.sort(values);
    return new Scores(
        metric.of(counts),
        values[(int) (TAIL * RESAMPLES)],
        values[RESAMPLES - 1 - (int) (TAIL * RESAMPLES)]);
  }

  /** The accuracy of rows of which so many are answered right. */
  public static Scores ofAccuracy(long right, long rows) {
    double[][] counts = {{right, rows - right}, {0, 0}};
    return of(Metric.ACCURACY, counts, ACCURACY_SEED);
  }

  /** A multinomial draw, cell by cell from the binomial of what is left. */
  private static double[][] resampled(double[][] counts, RandomGenerator random) {
    double left = Arrays.stream(counts).flatMapToDouble(Arrays::stream).sum();
    int draws = (int) left;
    double[][] drawn = new double[counts.length][counts.length];
    for (int actual = 0; actual < counts.length; actual++) {
      for (int predicted = 0; predicted < counts.length; predicted++) {
        double count = counts[actual][predicted];
        if (count > 0 && draws > 0) {
          double share = Math.min(1, count / left);
          int sample = new BinomialDistribution(random, draws, share).sample();
          drawn[actual][predicted] = sample;
          draws -= sample;
        }
        left -= count;
      }
    }
    return drawn;
  }
}
