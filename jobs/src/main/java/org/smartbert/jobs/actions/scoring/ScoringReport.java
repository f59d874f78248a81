package org.smartbert.jobs.actions.scoring;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.io.TableLocation;

/** What a run's predictions say of exits, skips and cost, computed by SQL from its table. */
public final class ScoringReport {
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

  /**
   * Rows that exited at a layer.
   *
   * @param share of the rows that were scored
   * @param layers executed, mean
   * @param cost the sum of FLOPs over the sum of full depth's
   * @param confidence mean
   */
  public record ExitRow(
      int exitLayer, long rows, double share, double layers, double cost, double confidence) {}

  /** Rows by exit layer; rows with an error are left out. */
  public List<ExitRow> exits() {
    List<Row> rows =
        query(
            "SELECT %exit_layer, count(*), avg(%layers_executed), sum(%flops) / sum(%flops_full),"
                + " avg(%confidence) FROM # WHERE %error IS NULL GROUP BY %exit_layer ORDER BY"
                + " %exit_layer");
    double all = rows.stream().mapToLong(row -> row.getLong(1)).sum();
    return rows.stream()
        .map(
            row ->
                new ExitRow(
                    row.getInt(0),
                    row.getLong(1),
                    row.getLong(1) / all,
                    row.getDouble(2),
                    row.getDouble(3),
                    row.getDouble(4)))
        .toList();
  }

  /**
   * Rows at a layer.
   *
   * @param rows that visited the layer
   * @param skipped share of them that skipped it
   */
  public record SkipRow(int layer, long rows, double skipped) {}

  /** Skips by layer. */
  public List<SkipRow> skips() {
    return query(
            "SELECT layer + 1, count(*), avg(CAST(skipped AS INT)) FROM (SELECT"
                + " posexplode(%skip_mask) AS (layer, skipped) FROM #) GROUP BY layer ORDER BY"
                + " layer")
        .stream()
        .map(row -> new SkipRow(row.getInt(0), row.getLong(1), row.getDouble(2)))
        .toList();
  }

  private List<Row> query(String sql) {
    return spark
        .sql(sql.replaceAll("%([a-z_]+)", "`" + prefix + "$1`").replace("#", view))
        .collectAsList();
  }
}
