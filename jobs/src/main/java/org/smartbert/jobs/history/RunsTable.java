package org.smartbert.jobs.history;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.io.TableLocation;

/** One row a job run, written when the run starts and completed when it ends. */
public final class RunsTable {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "run_id STRING, command STRING, status STRING, request STRING, settings"
              + " MAP<STRING, STRING>, input STRING, input_version STRING, output STRING,"
              + " model_version STRING, rows BIGINT, error_rows BIGINT, seconds DOUBLE, executors"
              + " INT, rows_per_second DOUBLE, flops BIGINT, flops_full BIGINT, realised_speedup"
              + " DOUBLE, accuracy DOUBLE, spark_version STRING, started_at TIMESTAMP,"
              + " finished_at TIMESTAMP");

  private static final Map<String, String> CONSTRAINTS =
      Map.of("known_status", "status IN ('running', 'failed', 'finished')");

  private final SparkSession spark;
  private final TableLocation location;

  public RunsTable(SparkSession spark, String root) {
    this.spark = spark;
    this.location = TableLocation.under(root, "runs", spark);
  }

  /**
   * What is known when a run starts.
   *
   * @param request what was asked, without the input's version: equal for a rerun
   */
  public record Start(
      String runId,
      String command,
      String request,
      Map<String, String> settings,
      String input,
      String inputVersion,
      String output,
      String modelVersion) {}

  /**
   * What is known when it ends; the FLOPs and the accuracy may be absent.
   *
   * @param rows of the whole run
   * @param seconds and {@code rowsPerSecond} of its last attempt
   */
  public record End(
      long rows,
      long errorRows,
      double seconds,
      double rowsPerSecond,
      Long flops,
      Long flopsFull,
      Double accuracy) {}

  /**
   * Records that a run starts. A run that goes on has its row already, with the version of the
   * input that it began with; a run that starts over under its old name has a new one.
   */
  public void started(Start start) {
    if (location.exists(spark)
        && !location.read(spark).filter(col("run_id").equalTo(start.runId())).isEmpty()) {
      location
          .delta(spark)
          .update(
              col("run_id").equalTo(start.runId()),
              Map.of(
                  "status", lit("running"),
                  "request", lit(start.request()),
                  "settings", settings(start.settings()),
                  "input", lit(start.input()),
                  "input_version", lit(start.inputVersion())));
      return;
    }
    Row row =
        RowFactory.create(
            start.runId(),
            start.command(),
            "running",
            start.request(),
            start.settings(),
            start.input(),
            start.inputVersion(),
            start.output(),
            start.modelVersion(),
            null,
            null,
            null,
            spark.sparkContext().defaultParallelism(),
            null,
            null,
            null,
            null,
            null,
            spark.version(),
            Timestamp.from(Instant.now()),
            null);
    location.create(SCHEMA, CONSTRAINTS, spark);
    location.write(
        spark
            .createDataFrame(List.of(row), SCHEMA)
            .write()
            .mode("append")
            .option("mergeSchema", true));
  }

  private static Column settings(Map<String, String> settings) {
    return functions.map(
        settings.entrySet().stream()
            .flatMap(setting -> Stream.of(lit(setting.getKey()), lit(setting.getValue())))
            .toArray(Column[]::new));
  }

  /** Records that an attempt failed; the same command goes on with the run. */
  public void failed(String runId) {
    location
        .delta(spark)
        .update(
            col("run_id").equalTo(runId),
            Map.of("status", lit("failed"), "finished_at", lit(Timestamp.from(Instant.now()))));
  }

  public void finished(String runId, End end) {
    Map<String, Column> set = new HashMap<>();
    set.put("status", lit("finished"));
    set.put("rows", lit(end.rows()));
    set.put("error_rows", lit(end.errorRows()));
    set.put("seconds", lit(end.seconds()));
    set.put("rows_per_second", lit(end.rowsPerSecond()));
    set.put("flops", lit(end.flops()).cast("bigint"));
    set.put("flops_full", lit(end.flopsFull()).cast("bigint"));
    set.put("accuracy", lit(end.accuracy()).cast("double"));
    set.put("finished_at", lit(Timestamp.from(Instant.now())));
    location.delta(spark).update(col("run_id").equalTo(runId), set);
  }

  /** The latest run of the same request that was started and not finished. */
  public Optional<Row> unfinished(String request) {
    return location.exists(spark)
        ? first(
            location
                .read(spark)
                .filter(col("request").equalTo(request).and(col("status").notEqual("finished")))
                .orderBy(col("started_at").desc())
                .takeAsList(1))
        : Optional.empty();
  }

  /** A run by its id, or the latest finished one if {@code runId} is null. */
  public Optional<Row> find(String runId) {
    if (!location.exists(spark)) {
      return Optional.empty();
    }
    Column wanted =
        runId == null
            ? col("command").equalTo("score").and(col("status").equalTo("finished"))
            : col("run_id").equalTo(runId);
    return first(
        location.read(spark).filter(wanted).orderBy(col("started_at").desc()).takeAsList(1));
  }

  public TableLocation location() {
    return location;
  }

  private static Optional<Row> first(List<Row> rows) {
    return rows.stream().findFirst();
  }
}
