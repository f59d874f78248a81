package org.smartbert.bench.paper;

import java.util.List;
import java.util.Locale;

/**
 * A metric over seeds, in percent.
 *
 * @param low mean of the seeds' lower bounds, which are the bootstrap's over held-out rows; {@code
 *     high} likewise. The seeds share those rows, so that more seeds do not narrow this interval
 * @param seeds how many
 * @param deviation over seeds, of the sample; 0 for one
 */
record Mean(double value, double low, double high, int seeds, double deviation) {

  static Mean of(List<ResultLine.Measure> measures) {
    double value = measures.stream().mapToDouble(ResultLine.Measure::value).average().orElseThrow();
    double squares =
        measures.stream().mapToDouble(m -> (m.value() - value) * (m.value() - value)).sum();
    int seeds = measures.size();
    return new Mean(
        value,
        measures.stream().mapToDouble(ResultLine.Measure::low).average().orElseThrow(),
        measures.stream().mapToDouble(ResultLine.Measure::high).average().orElseThrow(),
        seeds,
        seeds > 1 ? Math.sqrt(squares / (seeds - 1)) : 0);
  }

  /**
   * This less another. The interval is that of two metrics measured on different rows. These share
   * theirs, and as far as they are right on the same ones, the true interval is narrower.
   */
  Mean less(Mean other) {
    double difference = value - other.value;
    return new Mean(
        difference,
        difference - Math.hypot(value - low, other.high - other.value),
        difference + Math.hypot(high - value, other.value - other.low),
        Math.min(seeds, other.seeds),
        Math.hypot(deviation, other.deviation));
  }

  /** Such as {@code 91.2 (90.1 to 92.3), sd 0.4}. */
  String text() {
    String interval = String.format(Locale.ROOT, "%.1f (%.1f to %.1f)", value, low, high);
    return seeds > 1 ? interval + String.format(Locale.ROOT, ", sd %.1f", deviation) : interval;
  }
}
