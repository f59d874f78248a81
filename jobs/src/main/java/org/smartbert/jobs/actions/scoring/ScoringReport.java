package org.smartbert.jobs.actions.scoring;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.history.Compute;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.udfs.TextColumns;

/**
 * Exits, skips and cost of a run's predictions, computed from its table. Names and values are never
 * parts of SQL text: a run id or a label may hold any character.
 */
public final class ScoringReport {
  private final Dataset<Row> run;
  private final String prefix;

  /**
   * @param prefix of the prediction columns
   */
  public ScoringReport(SparkSession spark, TableLocation table, String runId, String prefix) {
    this.prefix = prefix;
    this.run = table.read(spark).filter(prediction("run_id").equalTo(runId));
  }

  /** The rows of a run as a condition of SQL, for people to copy. */
  static String condition(String prefix, String runId) {
    return TextColumns.quoted(prefix + "run_id")
        + " = '"
        + runId.replace("\\", "\\\\").replace("'", "\\'")
        + "'";
  }

  private Column prediction(String name) {
    return TextColumns.column(prefix + name);
  }

  /** The prediction columns under the names that they have without a prefix. */
  private Dataset<Row> predictions() {
    return run.select(
        prediction("error").as("error"),
        prediction("truncated").as("truncated"),
        prediction("exit_layer").as("exit_layer"),
        prediction("skip_mask").as("skip_mask"),
        prediction("layers_executed").as("layers_executed"),
        prediction("confidence").as("confidence"),
        prediction("flops").as("flops"),
        prediction("flops_full").as("flops_full"));
  }

  /** Rows of the run. */
  public long rows() {
    return run.count();
  }

  /**
   * Totals of a run.
   *
   * @param layers executed, mean; 0 where no row was scored
   */
  public record Totals(long rows, long errors, long truncated, double layers, Compute compute) {
    /** FLOPs as a share of full depth's. */
    public double cost() {
      return compute.cost();
    }
  }

  public Totals totals() {
    Row row =
        predictions()
            .agg(
                count(lit(1)),
                expr("count_if(error IS NOT NULL)"),
                expr("count_if(truncated)"),
                expr("coalesce(avg(layers_executed), 0.0D)"),
                expr("coalesce(sum(flops), 0)"),
                expr("coalesce(sum(flops_full), 0)"))
            .first();
    return new Totals(
        row.getLong(0),
        row.getLong(1),
        row.getLong(2),
        row.getDouble(3),
        new Compute(row.getLong(4), row.getLong(5)));
  }

  /**
   * How long rows are, in tokens as the network reads them, the truncated ones too.
   *
   * @param median no more than half of the rows are longer
   * @param ninety no more than 10 % are
   * @param ninetyNine no more than 1 % is
   */
  public record Lengths(int median, int ninety, int ninetyNine) {}

  /** Lengths of the rows that were scored; one at least was. */
  public Lengths lengths() {
    List<Integer> tokens =
        run.select(prediction("tokens").as("tokens"))
            .agg(expr("percentile_approx(tokens, array(0.5D, 0.9D, 0.99D))"))
            .first()
            .getList(0);
    return new Lengths(tokens.get(0), tokens.get(1), tokens.get(2));
  }

  /**
   * The share of rows whose prediction is the label column's value; empty where no row has both.
   */
  public OptionalDouble accuracy(String labelColumn) {
    Column label = TextColumns.column(labelColumn).cast("string");
    Row row = run.agg(avg(prediction("prediction").equalTo(label).cast("int"))).first();
    return row.isNullAt(0) ? OptionalDouble.empty() : OptionalDouble.of(row.getDouble(0));
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
        predictions()
            .filter("error IS NULL")
            .groupBy("exit_layer")
            .agg(
                count(lit(1)),
                avg("layers_executed"),
                expr("sum(flops) / sum(flops_full)"),
                avg("confidence"))
            .orderBy("exit_layer")
            .collectAsList();
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
    return predictions()
        .selectExpr("posexplode(skip_mask) AS (layer, skipped)")
        .groupBy(expr("layer + 1").as("layer"))
        .agg(count(lit(1)), expr("avg(CAST(skipped AS INT))"))
        .orderBy("layer")
        .collectAsList()
        .stream()
        .map(row -> new SkipRow(row.getInt(0), row.getLong(1), row.getDouble(2)))
        .toList();
  }
}
