package org.smartbert.bench.paper;

import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVRecord;

/** The figures that the paper prints, from the resource {@code published.csv}. */
final class Published {
  private static final List<Figure> ALL =
      Csv.resource("published.csv").stream().map(Figure::of).toList();

  private Published() {}

  /**
   * A cell of the paper's tables.
   *
   * @param value in percent
   * @param cost in percent of BERT
   */
  record Figure(Arm arm, float threshold, String task, double value, int cost) {
    private static Figure of(CSVRecord row) {
      return new Figure(
          Arm.of(row.get("method")),
          Float.parseFloat(row.get("threshold")),
          row.get("task"),
          Double.parseDouble(row.get("value")),
          Integer.parseInt(row.get("cost")));
    }
  }

  static Optional<Figure> find(Arm arm, float threshold, String task) {
    return ALL.stream()
        .filter(f -> f.arm() == arm && f.threshold() == threshold && f.task().equals(task))
        .findFirst();
  }
}
