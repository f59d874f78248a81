package org.smartbert.jobs.history;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.io.AppendCheck;
import org.smartbert.jobs.io.DeltaCommits;
import org.smartbert.jobs.io.TableCreation;
import org.smartbert.jobs.io.TableLocation;

/**
 * One row a job run, written when the run starts and completed when it ends. {@code executors} are
 * the processes that computed when it ended, {@code task_slots} the tasks that ran at once when it
 * started.
 */
public final class RunsTable {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "run_id STRING, command STRING, status STRING, request STRING, settings"
              + " MAP<STRING, STRING>, input STRING, input_version STRING, output STRING,"
              + " model_version STRING, rows BIGINT, error_rows BIGINT, seconds DOUBLE, executors"
              + " INT, task_slots INT, rows_per_second DOUBLE, flops BIGINT, flops_full BIGINT,"
              + " accuracy DOUBLE, spark_version STRING, started_at TIMESTAMP, finished_at"
              + " TIMESTAMP");

  private static final Map<String, String> CONSTRAINTS =
      Map.of("known_status", "status IN ('running', 'failed', 'finished')");

  /** Columns that a resumed run keeps. */
  private static final Set<String> KEPT = Set.of("run_id", "started_at");

  private final SparkSession spark;
  private final TableLocation location;

  public RunsTable(SparkSession spark, String root) {
    this.spark = spark;
    this.location = TableLocation.under(root, "runs", spark);
  }

  /**
   * What a run was started with.
   *
   * @param digest of the request without the input's version: equal for a rerun
   */
  public record Request(String digest, Map<String, String> settings) {}

  /** The rows that a run reads. */
  public record Source(String location, String version) {}

  /**
   * What is known when a run starts.
   *
   * @param modelVersion null for a run that makes a model
   */
  public record Start(
      String runId,
      String command,
      Request request,
      Source input,
      String output,
      String modelVersion) {}

  /** The last attempt of a run. */
  public record Timing(double seconds, double rowsPerSecond) {}

  /**
   * What is known when a run ends.
   *
   * @param rows of the whole run
   * @param timing empty where the last attempt was killed before it recorded its end
   * @param compute empty for a run that does not score
   * @param accuracy empty where rows have no labels
   */
  public record End(
      long rows,
      long errorRows,
      Optional<Timing> timing,
      Optional<Compute> compute,
      OptionalDouble accuracy) {}

  /**
   * Creates the table if it is missing, so that a run finds out before its work whether it can be
   * recorded.
   *
   * @throws org.smartbert.model.InvalidInputException where nothing may be written
   */
  public void prepare() {
    TableCreation creation = new TableCreation(location, spark);
    creation.requireCreatable("--tables-root");
    new AppendCheck(location, spark).requireWritable();
    creation.create(SCHEMA, CONSTRAINTS);
  }

  /**
   * Records that a run starts. A resumed run keeps its row and the time of its first start; two
   * processes that start the same run leave one row.
   */
  public void started(Start start) {
    prepare();
    Dataset<Row> row = spark.createDataFrame(List.of(row(start)), SCHEMA);
    Map<String, Column> again = new HashMap<>();
    for (String column : SCHEMA.fieldNames()) {
      if (!KEPT.contains(column)) {
        again.put(column, col("start." + column));
      }
    }
    DeltaCommits.retrying(
        location.name(),
        () -> {
          location
              .delta(spark)
              .as("runs")
              .merge(row.as("start"), col("runs.run_id").equalTo(col("start.run_id")))
              .withSchemaEvolution()
              .whenMatched()
              .update(again)
              .whenNotMatched()
              .insertAll()
              .execute();
        });
  }

  /** Records that a run starts which the table does not have, and which no other process starts. */
  public void startedAnew(Start start) {
    prepare();
    location.append(spark.createDataFrame(List.of(row(start)), SCHEMA));
  }

  private Row row(Start start) {
    return RowFactory.create(
        start.runId(),
        start.command(),
        "running",
        start.request().digest(),
        start.request().settings(),
        start.input().location(),
        start.input().version(),
        start.output(),
        start.modelVersion(),
        null,
        null,
        null,
        null,
        spark.sparkContext().defaultParallelism(),
        null,
        null,
        null,
        null,
        spark.version(),
        Timestamp.from(Instant.now()),
        null);
  }

  /** Records that an attempt failed; the same command resumes the run. */
  public void failed(String runId) {
    update(
        runId, Map.of("status", lit("failed"), "finished_at", lit(Timestamp.from(Instant.now()))));
  }

  /**
   * Records that an attempt failed because of {@code cause}, which remains the failure that is
   * reported: where it cannot be recorded, the reason is added to it as suppressed.
   */
  public void failed(String runId, Throwable cause) {
    try {
      failed(runId);
    } catch (Exception e) {
      cause.addSuppressed(e);
    }
  }

  public void finished(String runId, End end) {
    Map<String, Column> set = new HashMap<>();
    set.put("status", lit("finished"));
    set.put("rows", lit(end.rows()));
    set.put("error_rows", lit(end.errorRows()));
    set.put("seconds", lit(end.timing().map(Timing::seconds).orElse(null)).cast("double"));
    set.put("executors", lit(executors()));
    set.put(
        "rows_per_second",
        lit(end.timing().map(Timing::rowsPerSecond).orElse(null)).cast("double"));
    set.put("flops", lit(end.compute().map(Compute::flops).orElse(null)).cast("bigint"));
    set.put("flops_full", lit(end.compute().map(Compute::full).orElse(null)).cast("bigint"));
    set.put(
        "accuracy",
        lit(end.accuracy().isPresent() ? end.accuracy().getAsDouble() : null).cast("double"));
    set.put("finished_at", lit(Timestamp.from(Instant.now())));
    update(runId, set);
  }

  private void update(String runId, Map<String, Column> set) {
    DeltaCommits.retrying(
        location.name(), () -> location.delta(spark).update(col("run_id").equalTo(runId), set));
  }

  /** Processes that compute: executors, or the driver in local mode. */
  private int executors() {
    SparkContext context = spark.sparkContext();
    int processes = context.statusTracker().getExecutorInfos().length;
    return context.isLocal() ? processes : processes - 1;
  }

  /** The latest run of the same request that was started and not finished. */
  public Optional<Row> unfinished(String request) {
    return allUnfinished(request).stream().findFirst();
  }

  /** The runs of the same request that were started and not finished, the latest first. */
  public List<Row> allUnfinished(String request) {
    return matching(col("request").equalTo(request).and(col("status").notEqual("finished")));
  }

  /** The runs into a table that were started and not finished, the latest first. */
  public List<Row> unfinishedInto(String output) {
    return matching(col("output").equalTo(output).and(col("status").notEqual("finished")));
  }

  /** The runs into a table that ended, the latest first. */
  public List<Row> finishedInto(String output) {
    return matching(col("output").equalTo(output).and(col("status").equalTo("finished")));
  }

  private List<Row> matching(Column wanted) {
    return location.exists(spark)
        ? location
            .read(spark)
            .filter(wanted)
            .orderBy(col("started_at").desc(), col("run_id"))
            .collectAsList()
        : List.of();
  }

  /** A run by its id, or the latest finished one if {@code runId} is null. */
  public Optional<Row> find(String runId) {
    Column wanted =
        runId == null
            ? col("command").equalTo("score").and(col("status").equalTo("finished"))
            : col("run_id").equalTo(runId);
    return matching(wanted).stream().findFirst();
  }

  public TableLocation location() {
    return location;
  }
}
