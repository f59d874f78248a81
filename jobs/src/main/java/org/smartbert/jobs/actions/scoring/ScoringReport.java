package org.smartbert.jobs.actions.scoring;

import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.cli.console.TextTable;
import org.smartbert.jobs.io.TableLocation;

/** What a run's predictions say of exits, skips and cost, computed by SQL from its table. */
public final class ScoringReport {
  private static final int BAR = 30;

  private final SparkSession spark;
  private final String view;
  private final String prefix;

  /**
   * @param prefix of the prediction columns
   */
  public ScoringReport(SparkSession spark, TableLocation table, String runId, String prefix) {
    this.spark = spark;
    this.prefix = prefix;
    this.view = "smartbert_report";
    table
        .read(spark)
        .filter("`" + prefix + "run_id` = '" + runId.replace("'", "\\'") + "'")
        .createOrReplaceTempView(view);
  }

  /**
   * Totals of a run; layers (mean) and cost are 0 where no row was scored.
   *
   * @param cost the sum of FLOPs over the sum of full depth's
   */
  public record Totals(
      long rows, long errors, long truncated, double layers, double cost, long flops, long full) {}

  public Totals totals() {
    Row row =
        query(
                "SELECT count(*), count_if(%error IS NOT NULL), count_if(%truncated),"
                    + " coalesce(avg(%layers_executed), 0.0D), coalesce(sum(%flops) /"
                    + " sum(%flops_full), 0.0D), coalesce(sum(%flops), 0),"
                    + " coalesce(sum(%flops_full), 0) FROM #")
            .get(0);
    return new Totals(
        row.getLong(0),
        row.getLong(1),
        row.getLong(2),
        row.getDouble(3),
        row.getDouble(4),
        row.getLong(5),
        row.getLong(6));
  }

  /** The share of rows whose prediction is the label column's value. */
  public double accuracy(String labelColumn) {
    return query(
            "SELECT avg(CAST(%prediction = CAST(`" + labelColumn + "` AS STRING) AS INT)) FROM #")
        .get(0)
        .getDouble(0);
  }

  /** Rows by exit layer, with their mean layers, their cost and mean confidence. */
  public String exits() {
    TextTable table =
        new TextTable("exit layer", "rows", "share", "layers", "cost", "confidence", "");
    List<Row> rows =
        query(
            "SELECT %exit_layer, count(*), avg(%layers_executed), sum(%flops) / sum(%flops_full),"
                + " avg(%confidence) FROM # WHERE %error IS NULL GROUP BY %exit_layer ORDER BY"
                + " %exit_layer");
    double all = rows.stream().mapToLong(row -> row.getLong(1)).sum();
    double largest = rows.stream().mapToLong(row -> row.getLong(1)).max().orElse(1);
    for (Row row : rows) {
      table.row(
          Integer.toString(row.getInt(0)),
          String.format(Locale.ROOT, "%,d", row.getLong(1)),
          percent(row.getLong(1) / all),
          String.format(Locale.ROOT, "%.2f", row.getDouble(2)),
          String.format(Locale.ROOT, "%.3f", row.getDouble(3)),
          String.format(Locale.ROOT, "%.3f", row.getDouble(4)),
          "#".repeat((int) Math.round(BAR * row.getLong(1) / largest)));
    }
    return table.toString();
  }

  /** Layer by layer: rows that looked at it, and the share of them that skipped it. */
  public String skips() {
    TextTable table = new TextTable("layer", "rows", "skipped", "");
    for (Row row :
        query(
            "SELECT layer + 1, count(*), avg(CAST(skipped AS INT)) FROM (SELECT"
                + " posexplode(%skip_mask) AS (layer, skipped) FROM #) GROUP BY layer ORDER BY"
                + " layer")) {
      table.row(
          Integer.toString(row.getInt(0)),
          String.format(Locale.ROOT, "%,d", row.getLong(1)),
          percent(row.getDouble(2)),
          "#".repeat((int) Math.round(BAR * row.getDouble(2))));
    }
    return table.toString();
  }

  private List<Row> query(String sql) {
    return spark
        .sql(sql.replaceAll("%([a-z_]+)", "`" + prefix + "$1`").replace("#", view))
        .collectAsList();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
