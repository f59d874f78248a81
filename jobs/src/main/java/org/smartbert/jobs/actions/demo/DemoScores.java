package org.smartbert.jobs.actions.demo;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.row_number;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.smartbert.jobs.actions.evaluation.Scores;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.model.training.Metric;

/**
 * A scoring run and how right it is.
 *
 * @param early texts that left early with the least doubt, of different predictions
 * @param deep texts that went deepest with the most doubt, of different predictions
 */
public record DemoScores(
    ScoreResult run, Scores accuracy, List<TextRow> early, List<TextRow> deep) {
  private static final long BOOTSTRAP_SEED = 1;
  private static final int SHOWN = 3;

  /** A text and what became of it. */
  public record TextRow(
      String text, String label, String prediction, int exitLayer, double confidence) {}

  static DemoScores of(SparkSession spark, ScoreResult run, String labelColumn) {
    Dataset<Row> rows =
        run.output()
            .read(spark)
            .filter(col("run_id").equalTo(run.attempt().runId()))
            .filter("prediction IS NOT NULL");
    Row counts =
        rows.agg(
                count_if(col("prediction").equalTo(col(labelColumn))),
                count_if(col("prediction").notEqual(col(labelColumn))))
            .first();
    // Of accuracy's interval it does not matter which wrong class a row was given.
    double[][] confusion = {{counts.getLong(0), counts.getLong(1)}, {0, 0}};
    return new DemoScores(
        run,
        Scores.of(Metric.ACCURACY, confusion, BOOTSTRAP_SEED),
        texts(rows, labelColumn, col("exit_layer").asc(), col("entropy").asc()),
        texts(rows, labelColumn, col("exit_layer").desc(), col("entropy").desc()));
  }

  private static List<TextRow> texts(
      Dataset<Row> rows, String labelColumn, Column depth, Column doubt) {
    Column ofPrediction =
        row_number().over(Window.partitionBy("prediction").orderBy(depth, doubt, col("text")));
    return rows
        .withColumn("place", ofPrediction)
        .filter("place = 1")
        .orderBy(depth, doubt, col("text"))
        .limit(SHOWN)
        .select("text", labelColumn, "prediction", "exit_layer", "confidence")
        .collectAsList()
        .stream()
        .map(
            row ->
                new TextRow(
                    row.getString(0),
                    row.getString(1),
                    row.getString(2),
                    row.getInt(3),
                    row.getDouble(4)))
        .toList();
  }
}
