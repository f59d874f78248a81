package org.smartbert.model.training;

/** What a confusion matrix (actual × predicted, counts) is judged by. Higher is better. */
public enum Metric {
  ACCURACY {
    @Override
    public double of(double[][] counts) {
      double right = 0;
      double all = 0;
      for (int actual = 0; actual < counts.length; actual++) {
        right += counts[actual][actual];
        all += rowSum(counts, actual);
      }
      return all == 0 ? 0 : right / all;
    }
  },
  /** Two classes: of the second one, as GLUE has it; more: the mean over classes. */
  F1 {
    @Override
    public double of(double[][] counts) {
      double sum = 0;
      int first = counts.length == 2 ? 1 : 0;
      for (int c = first; c < counts.length; c++) {
        double found = rowSum(counts, c) + columnSum(counts, c);
        sum += found == 0 ? 0 : 2 * counts[c][c] / found;
      }
      return sum / (counts.length - first);
    }
  },
  /** Matthews' correlation coefficient, for any number of classes (Gorodkin's R_K). */
  MCC {
    @Override
    public double of(double[][] counts) {
      double right = 0;
      double all = 0;
      double both = 0;
      double actualSquares = 0;
      double predictedSquares = 0;
      for (int c = 0; c < counts.length; c++) {
        double actual = rowSum(counts, c);
        double predicted = columnSum(counts, c);
        right += counts[c][c];
        all += actual;
        both += actual * predicted;
        actualSquares += actual * actual;
        predictedSquares += predicted * predicted;
      }
      double scale = Math.sqrt((all * all - predictedSquares) * (all * all - actualSquares));
      return scale == 0 ? 0 : (right * all - both) / scale;
    }
  };

  /** The metric of counts [actual][predicted]. */
  public abstract double of(double[][] counts);

  private static double rowSum(double[][] counts, int row) {
    double sum = 0;
    for (double count : counts[row]) {
      sum += count;
    }
    return sum;
  }

  private static double columnSum(double[][] counts, int column) {
    double sum = 0;
    for (double[] row : counts) {
      sum += row[column];
    }
    return sum;
  }
}
