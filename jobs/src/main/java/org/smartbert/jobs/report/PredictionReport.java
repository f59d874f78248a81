package org.smartbert.jobs.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.history.AnalysisViews;
import org.smartbert.jobs.io.Identifiers;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.report.Section.Cell;
import org.smartbert.jobs.report.Section.Chart;
import org.smartbert.jobs.report.Section.Series;

/** The report over a predictions table, by the views of {@link AnalysisViews}. */
public final class PredictionReport {
  /** Of a text; a page of whole documents would not open. */
  private static final int MAX_CHARACTERS = 300;

  private final SparkSession spark;
  private final TableLocation predictions;
  private final String prefix;

  /**
   * Makes the views that the report reads, for this session.
   *
   * @throws org.smartbert.model.InvalidInputException if there are no predictions
   */
  public PredictionReport(SparkSession spark, TableLocation predictions, String prefix) {
    this.spark = spark;
    this.predictions = predictions;
    this.prefix = prefix;
    new AnalysisViews(predictions, null, null, prefix, AnalysisViews.Life.SESSION).create(spark);
  }

  /**
   * The page.
   *
   * @param tablesRoot the folder of evaluations and runs
   * @param textColumn the text to show of single rows, or null
   * @param rows how many of the costliest and of the least certain rows are shown
   */
  public String html(String tablesRoot, String textColumn, int rows) {
    List<Section> sections = new ArrayList<>();
    TableLocation evaluations = TableLocation.under(tablesRoot, "evaluations", spark);
    if (evaluations.exists(spark)) {
      sections.add(AccuracySection.of(spark, evaluations));
    }
    sections.add(exits());
    sections.add(skips());
    sections.add(costByDay());
    if (rows > 0) {
      sections.add(rows("costliest", "The costliest rows", "flops", "DESC", textColumn, rows));
      sections.add(
          rows("uncertain", "The least certain rows", "confidence", "ASC", textColumn, rows));
    }
    Row all = spark.sql("SELECT sum(rows), sum(flops) / sum(flops_full) FROM flops_saved").first();
    // The sum over no rows is NULL.
    String summary =
        all.isNullAt(0)
            ? predictions.name() + " holds no row with a prediction."
            : String.format(
                Locale.ROOT,
                "%,d rows of %s at a cost of %.3f of full depth.",
                all.getLong(0),
                predictions.name(),
                all.getDouble(1));
    return ReportPage.of(
        "SmartBERT: compute cost of predictions", summary, sections, facts(tablesRoot));
  }

  private Section exits() {
    List<Row> rows =
        spark
            .sql(
                // Layers at which no row exited are shown too.
                "SELECT layer, coalesce(sum(rows), 0) FROM (SELECT explode(sequence(1,"
                    + " max(exit_layer))) AS layer FROM exit_histogram) LEFT JOIN exit_histogram ON"
                    + " layer = exit_layer GROUP BY layer ORDER BY layer")
            .collectAsList();
    double all = rows.stream().mapToLong(row -> row.getLong(1)).sum();
    return new Section(
        "exits",
        "Exit layers",
        "Share of rows that exited at each layer.",
        new Chart(
            "bar",
            "Exit layer",
            "Rows, %",
            rows.stream().map(row -> String.valueOf(row.getInt(0))).toList(),
            List.of(
                new Series(
                    "Rows, %", rows.stream().map(row -> 100 * row.getLong(1) / all).toList()))),
        List.of("Exit layer", "Rows", "Share"),
        rows.stream()
            .map(
                row ->
                    List.of(
                        Cell.number(String.valueOf(row.getInt(0))),
                        Cell.number(String.format(Locale.ROOT, "%,d", row.getLong(1))),
                        Cell.number("%.1f %%", 100 * row.getLong(1) / all)))
            .toList());
  }

  private Section skips() {
    List<Row> rows =
        spark
            .sql(
                String.format(
                    Locale.ROOT,
                    "SELECT label, position + 1, count_if(skipped) / count(*) FROM (SELECT %1$s AS"
                        + " label, %2$s AS mask FROM %3$s WHERE %1$s IS NOT NULL) LATERAL VIEW"
                        + " posexplode(mask) AS position, skipped GROUP BY 1, 2 ORDER BY 1, 2",
                    column("prediction"),
                    column("skip_mask"),
                    predictions.sql()))
            .collectAsList();
    TreeSet<Integer> layers = new TreeSet<>();
    Map<String, Map<Integer, Double>> shares = new LinkedHashMap<>();
    for (Row row : rows) {
      layers.add(row.getInt(1));
      shares
          .computeIfAbsent(row.getString(0), label -> new LinkedHashMap<>())
          .put(row.getInt(1), row.getDouble(2));
    }
    List<String> columns = new ArrayList<>(List.of("Prediction"));
    layers.forEach(layer -> columns.add("Layer " + layer));
    List<List<Cell>> cells = new ArrayList<>();
    shares.forEach(
        (label, byLayer) -> {
          List<Cell> line = new ArrayList<>(List.of(Cell.text(label)));
          for (Integer layer : layers) {
            Double share = byLayer.get(layer);
            line.add(
                share == null
                    ? Cell.number("")
                    : new Cell(
                        String.format(Locale.ROOT, "%.0f %%", 100 * share), true, 0.6 * share));
          }
          cells.add(line);
        });
    return new Section(
        "skips",
        "Skipped layers",
        "Of the rows that reached a layer, the share that skipped it, by prediction.",
        null,
        columns,
        cells);
  }

  private Section costByDay() {
    List<Row> rows = spark.sql("SELECT * FROM cost_by_day ORDER BY day").collectAsList();
    return new Section(
        "cost",
        "Cost over time",
        "FLOPs over the FLOPs of full depth, by the day of scoring.",
        new Chart(
            "bar",
            "Day",
            "Cost",
            rows.stream().map(row -> row.getDate(0).toString()).toList(),
            List.of(
                new Series("Cost", rows.stream().map(row -> row.<Double>getAs("cost")).toList()))),
        List.of("Day", "Rows", "GFLOPs", "Cost"),
        rows.stream()
            .map(
                row ->
                    List.of(
                        Cell.text(row.getDate(0).toString()),
                        Cell.number(String.format(Locale.ROOT, "%,d", row.<Long>getAs("rows"))),
                        Cell.number("%,.1f", row.<Long>getAs("flops") / 1e9),
                        Cell.number("%.3f", row.<Double>getAs("cost"))))
            .toList());
  }

  private Section rows(
      String id, String title, String orderColumn, String direction, String textColumn, int count) {
    String text =
        textColumn == null ? "''" : "CAST(" + Identifiers.quoted(textColumn) + " AS STRING)";
    List<Row> rows =
        spark
            .sql(
                String.format(
                    Locale.ROOT,
                    "SELECT left(%1$s, %2$d), length(%1$s) > %2$d, %3$s, %4$s, %5$s, %6$s / %7$s"
                        + " FROM %8$s WHERE %3$s IS NOT NULL ORDER BY %9$s %10$s LIMIT %11$d",
                    text,
                    MAX_CHARACTERS,
                    column("prediction"),
                    column("confidence"),
                    column("exit_layer"),
                    column("flops"),
                    column("flops_full"),
                    predictions.sql(),
                    column(orderColumn),
                    direction,
                    count))
            .collectAsList();
    return new Section(
        id,
        title,
        textColumn == null
            ? "Without texts: no --text-column was given."
            : "Texts are cut after " + MAX_CHARACTERS + " characters.",
        null,
        List.of("Text", "Prediction", "Confidence", "Exit layer", "Cost"),
        rows.stream()
            .map(
                row ->
                    List.of(
                        Cell.text(
                            !row.isNullAt(1) && row.getBoolean(1)
                                ? row.getString(0) + "\u2026"
                                : row.getString(0)),
                        Cell.text(row.getString(2)),
                        Cell.number("%.3f", row.getDouble(3)),
                        Cell.number(String.valueOf(row.getInt(4))),
                        Cell.number("%.3f", row.getDouble(5))))
            .toList());
  }

  private String column(String name) {
    return Identifiers.quoted(prefix + name);
  }

  private Map<String, String> facts(String tablesRoot) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Predictions", predictions.name());
    for (Row run :
        spark
            .sql("SELECT run_id, model_version, rows FROM flops_saved ORDER BY run_id")
            .collectAsList()) {
      facts.put(
          "Run " + run.getString(0),
          String.format(Locale.ROOT, "model %s, %,d rows", run.getString(1), run.getLong(2)));
    }
    TableLocation runs = TableLocation.under(tablesRoot, "runs", spark);
    if (runs.exists(spark)) {
      spark
          .sql(
              "SELECT run_id, input, input_version, settings FROM "
                  + runs.sql()
                  + " WHERE run_id IN (SELECT run_id FROM flops_saved)")
          .collectAsList()
          .forEach(
              run ->
                  facts.put(
                      "Settings of " + run.getString(0),
                      "input "
                          + run.getString(1)
                          + " (version "
                          + run.getString(2)
                          + "), "
                          + run.getJavaMap(3)));
    }
    facts.put("Spark", spark.version());
    return facts;
  }
}
