package org.smartbert.bench.paper;

import java.time.LocalDate;
import java.util.List;
import org.smartbert.model.training.Metric;

/** Made-up results. */
final class Lines {
  static final String SETTINGS = "5+4 epochs; made up";

  private Lines() {}

  static Cell cell(String task, Arm arm, String rate, long seed) {
    return new Cell("tiny", task, arm, rates(rate, "same"), seed);
  }

  static Rates rates(String backbone, String heads) {
    return new Rates(Rates.parse("rate", backbone), Rates.parseHeads("heads", heads));
  }

  /** A point of a curve: threshold, metric and cost, both in percent. */
  record Point(float threshold, double value, double cost) {}

  static List<ResultLine> curve(Cell cell, double validation, Point... points) {
    return List.of(points).stream()
        .map(
            point ->
                new ResultLine(
                    cell,
                    "dev",
                    point.threshold(),
                    points.length,
                    new ResultLine.Measure(
                        Metric.ACCURACY, point.value(), point.value() - 2, point.value() + 1),
                    point.value(),
                    new ResultLine.Compute(
                        6.5, 1234.5, point.cost() / 100, 2345.25, point.cost() / 100),
                    277,
                    new ResultLine.Training(2241, 355, 61, validation, SETTINGS),
                    LocalDate.of(2026, 11, 26)))
        .toList();
  }
}
