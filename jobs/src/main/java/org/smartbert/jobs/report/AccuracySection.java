package org.smartbert.jobs.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.report.Section.Cell;
import org.smartbert.jobs.report.Section.Chart;
import org.smartbert.jobs.report.Section.Point;
import org.smartbert.jobs.report.Section.Series;

/** Accuracy against FLOPs: the latest evaluation of each model at each threshold. */
final class AccuracySection {
  private AccuracySection() {}

  /** Of a table of evaluations, as the command evaluate writes it. */
  static Section of(SparkSession spark, TableLocation evaluations) {
    List<Row> rows =
        spark
            .sql(
                "SELECT model, gates, threshold, accuracy, accuracy_low, accuracy_high, mean_flops"
                    + " / 1e6, flops_speedup, realised_speedup, coalesce(method, 'smartbert'),"
                    + " data_set, coalesce(precision, 'fp32'), left(model_version, 8) FROM (SELECT"
                    + " *, row_number() OVER (PARTITION BY model, model_version, precision,"
                    + " data_set, gates, threshold ORDER BY evaluated_at DESC) AS nth FROM "
                    + evaluations.sql()
                    + ") WHERE nth = 1 ORDER BY data_set, model, gates, mean_flops")
            .collectAsList();
    Names names = Names.of(rows);
    Map<String, List<Point>> lines = new LinkedHashMap<>();
    List<List<Cell>> cells = new ArrayList<>();
    for (Row row : rows) {
      String name = names.of(row);
      lines
          .computeIfAbsent(name, n -> new ArrayList<>())
          .add(
              new Point(
                  row.getDouble(6),
                  100 * row.getDouble(3),
                  100 * row.getDouble(4),
                  100 * row.getDouble(5)));
      cells.add(cells(name, row));
    }
    List<Series> series =
        lines.entrySet().stream().map(line -> new Series(line.getKey(), line.getValue())).toList();
    return new Section(
        "accuracy",
        "Accuracy against FLOPs",
        "Each point is an entropy threshold; bands are 95 % intervals.",
        new Chart("line", "MFLOPs a row", "Accuracy, %", null, series),
        List.of("Model", "Threshold", "Accuracy, %", "MFLOPs a row", "FLOPs speed-up", "Realised"),
        cells);
  }

  private static List<Cell> cells(String name, Row row) {
    return List.of(
        Cell.text(name),
        Cell.number("%.2f", row.getFloat(2)),
        Cell.number(
            String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f)",
                100 * row.getDouble(3),
                100 * row.getDouble(4),
                100 * row.getDouble(5))),
        Cell.number("%.1f", row.getDouble(6)),
        Cell.number("%.2f", row.getDouble(7)),
        row.isNullAt(8) ? Cell.number("-") : Cell.number("%.2f", row.getDouble(8)));
  }

  /** The lines' names: of their properties, only those that differ between lines are named. */
  private record Names(boolean versions, boolean precisions, boolean dataSets) {
    static Names of(List<Row> rows) {
      return new Names(
          rows.stream().map(row -> row.getString(0) + row.getString(12)).distinct().count()
              > rows.stream().map(row -> row.getString(0)).distinct().count(),
          rows.stream().map(row -> row.getString(11)).distinct().count() > 1,
          rows.stream().map(row -> row.getString(10)).distinct().count() > 1);
    }

    String of(Row row) {
      return row.getString(0).replaceAll(".*/", "")
          + " ("
          + row.getString(9)
          + ")"
          + (versions ? " " + row.getString(12) : "")
          + (precisions ? ", " + row.getString(11) : "")
          + (row.getString(1).equals("on") ? "" : ", no skips")
          + (dataSets ? " on " + row.getString(10).replaceAll("/+$|.*/(?=.)", "") : "");
    }
  }
}
