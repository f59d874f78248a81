package org.smartbert.bench.rivals;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.model.training.Metric;

/**
 * A threshold, and what a model does there on the validation rows.
 *
 * @param accuracy from 0 to 1
 * @param flops mean of a row
 */
record OperatingPoint(float threshold, double accuracy, double flops) {
  /** What is tried, in nats, or as a share of ln C for FastBERT; 0 is no early exit. */
  static final List<Float> THRESHOLDS =
      List.of(
          0f, 0.02f, 0.05f, 0.1f, 0.15f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1f, 1.1f,
          1.2f, 1.4f, 1.6f, 2f);

  /** Points of accuracy, as a share, that may be lost to full depth. */
  private static final double TOLERANCE = 0.01;

  static OperatingPoint of(Evaluation.Line line) {
    return new OperatingPoint(
        line.threshold(),
        line.scores(Metric.ACCURACY).value(),
        line.result().flops() / line.result().rows());
  }

  /**
   * The cheapest of the points that are within one point of full depth; where none is, the most
   * accurate, and the cheapest of several.
   *
   * @param fullDepth accuracy on the same rows
   */
  static OperatingPoint choose(List<OperatingPoint> points, double fullDepth) {
    Comparator<OperatingPoint> cheapest =
        Comparator.comparingDouble(OperatingPoint::flops)
            .thenComparing(Comparator.comparingDouble(OperatingPoint::accuracy).reversed())
            .thenComparing(OperatingPoint::threshold);
    return points.stream()
        .filter(point -> point.isWithin(fullDepth))
        .min(cheapest)
        .orElseGet(
            () ->
                points.stream()
                    .min(
                        Comparator.comparingDouble(OperatingPoint::accuracy)
                            .reversed()
                            .thenComparing(cheapest))
                    .orElseThrow());
  }

  private boolean isWithin(double fullDepth) {
    // A share of whole rows: rounding must not decide about the row at the limit.
    return accuracy >= fullDepth - TOLERANCE - 1e-9;
  }

  /** For people, with the accuracy that it was compared with. */
  String describe(double fullDepth) {
    return String.format(
        Locale.ROOT,
        "S = %s, %s against %.2f of full depth%s",
        threshold,
        withoutThreshold(),
        100 * fullDepth,
        isWithin(fullDepth) ? "" : ", more than a point less at every threshold");
  }

  /** For people, of a network without exits. */
  String withoutThreshold() {
    return String.format(Locale.ROOT, "validation accuracy %.2f", 100 * accuracy);
  }
}
