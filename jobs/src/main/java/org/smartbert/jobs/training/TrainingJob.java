package org.smartbert.jobs.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.Digests;
import org.smartbert.jobs.tables.RunsTable;
import org.smartbert.jobs.tables.TrainingMetricsTable;
import org.smartbert.model.training.TrainingEvent;

/**
 * Trains a model in a barrier stage on an executor: the driver only watches, records and gives the
 * finished directory its name.
 */
public final class TrainingJob {
  private final SparkSession spark;
  private final TrainingPlan plan;
  private final RunsTable runs;
  private final TrainingMetricsTable metrics;

  public TrainingJob(
      SparkSession spark, TrainingPlan plan, RunsTable runs, TrainingMetricsTable metrics) {
    this.spark = spark;
    this.plan = plan;
    this.runs = runs;
    this.metrics = metrics;
  }

  /** What a training run did; {@code last} is the finished model on the validation rows. */
  public record Result(
      long trainRows,
      long validationRows,
      double seconds,
      TrainingEvent.Validation stageOne,
      TrainingEvent.Validation last) {}

  /**
   * Trains.
   *
   * @param rows (first STRING, second STRING, label INT, validation BOOLEAN)
   * @param source where they come from, for the runs table
   */
  public Result run(Dataset<Row> rows, String source, String sourceVersion) {
    runs.started(
        new RunsTable.Start(
            plan.runId(),
            "train",
            Digests.of(List.of(plan.toString())),
            Map.of("settings", plan.settings().toString(), "backbone", plan.backbone()),
            source,
            sourceVersion,
            plan.output(),
            null));
    TrainingEvents events = new TrainingEvents();
    spark.sparkContext().register(events, LiveTraining.ACCUMULATOR);
    TrainingTask task = new TrainingTask(plan, events);
    long started = System.nanoTime();
    List<Long> counts;
    try (LiveTraining live =
        new LiveTraining(plan.settings().stageOneEpochs(), plan.settings().stageTwoEpochs())) {
      spark.sparkContext().addSparkListener(live);
      try {
        counts = BarrierStage.run(rows.repartition(1).toJavaRDD(), task::run, Long.class);
      } finally {
        spark.sparkContext().removeSparkListener(live);
      }
      live.show(events.value());
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    metrics.append(plan.runId(), events.value());
    rename();
    Result result = result(counts, seconds, events.value());
    runs.finished(
        plan.runId(),
        new RunsTable.End(
            counts.get(0),
            0,
            seconds,
            counts.get(0) / seconds,
            null,
            null,
            result.last().accuracy()));
    return result;
  }

  private Result result(List<Long> counts, double seconds, List<TrainingEvent> events) {
    List<TrainingEvent.Validation> validations = new ArrayList<>();
    events.forEach(
        event -> {
          if (event instanceof TrainingEvent.Validation v) {
            validations.add(v);
          }
        });
    TrainingEvent.Validation stageOne =
        validations.stream()
            .filter(v -> v.stage() == 1 && v.best())
            .reduce((a, b) -> b)
            .orElseThrow();
    return new Result(
        counts.get(0), counts.get(1), seconds, stageOne, validations.get(validations.size() - 1));
  }

  private void rename() {
    try {
      Path from = new Path(plan.temporary());
      Path to = new Path(plan.output());
      FileSystem files = from.getFileSystem(spark.sparkContext().hadoopConfiguration());
      if (files.exists(to)) {
        boolean recursive = false;
        files.delete(to, recursive);
      }
      if (!files.rename(from, to)) {
        throw new IOException("The file system refused to rename " + from);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + plan.output() + " could not be put there", e);
    }
  }
}
