package org.smartbert.bench.paper;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVRecord;
import org.smartbert.model.training.Metric;

/** A result as a record of the results file. */
final class ResultCsv {
  static final List<String> HEADER =
      List.of(
          "backbone",
          "task",
          "split",
          "method",
          "learning_rate",
          "head_learning_rate",
          "seed",
          "threshold",
          "thresholds",
          "metric",
          "value",
          "low",
          "high",
          "accuracy",
          "layers",
          "mflops",
          "cost",
          "paper_mflops",
          "paper_cost",
          "rows",
          "train_rows",
          "steps",
          "training_seconds",
          "validation_accuracy",
          "settings",
          "date");

  private ResultCsv() {}

  static List<String> write(ResultLine line) {
    Cell cell = line.cell();
    ResultLine.Compute compute = line.compute();
    ResultLine.Training training = line.training();
    return List.of(
        cell.backbone(),
        cell.task(),
        line.split(),
        cell.arm().id(),
        Rates.text(cell.rates().backbone()),
        Rates.text(cell.rates().heads()),
        Long.toString(cell.seed()),
        Float.toString(line.threshold()),
        Integer.toString(line.lines()),
        line.measure().metric().name().toLowerCase(Locale.ROOT),
        decimals(2, line.measure().value()),
        decimals(2, line.measure().low()),
        decimals(2, line.measure().high()),
        decimals(2, line.accuracy()),
        decimals(3, compute.layers()),
        decimals(3, compute.mflops()),
        decimals(4, compute.cost()),
        decimals(3, compute.paperMflops()),
        decimals(4, compute.paperCost()),
        Long.toString(line.rows()),
        Long.toString(training.rows()),
        Long.toString(training.steps()),
        decimals(0, training.seconds()),
        decimals(2, training.validation()),
        training.settings(),
        line.date().toString());
  }

  /**
   * The result that a record holds.
   *
   * @throws RuntimeException of several kinds for a record that {@link #write} did not make
   */
  static ResultLine read(CSVRecord row) {
    Rates rates =
        new Rates(
            Rates.parse("learning_rate", row.get("learning_rate")),
            Rates.parseHeads("head_learning_rate", row.get("head_learning_rate")));
    return new ResultLine(
        new Cell(
            row.get("backbone"),
            row.get("task"),
            Arm.of(row.get("method")),
            rates,
            Long.parseLong(row.get("seed"))),
        row.get("split"),
        Float.parseFloat(row.get("threshold")),
        Integer.parseInt(row.get("thresholds")),
        new ResultLine.Measure(
            Metric.valueOf(row.get("metric").toUpperCase(Locale.ROOT)),
            number(row, "value"),
            number(row, "low"),
            number(row, "high")),
        number(row, "accuracy"),
        new ResultLine.Compute(
            number(row, "layers"),
            number(row, "mflops"),
            number(row, "cost"),
            number(row, "paper_mflops"),
            number(row, "paper_cost")),
        Long.parseLong(row.get("rows")),
        new ResultLine.Training(
            Long.parseLong(row.get("train_rows")),
            Long.parseLong(row.get("steps")),
            number(row, "training_seconds"),
            number(row, "validation_accuracy"),
            row.get("settings")),
        LocalDate.parse(row.get("date")));
  }

  private static double number(CSVRecord row, String column) {
    return Double.parseDouble(row.get(column));
  }

  private static String decimals(int count, double value) {
    return String.format(Locale.ROOT, "%." + count + "f", value);
  }
}
