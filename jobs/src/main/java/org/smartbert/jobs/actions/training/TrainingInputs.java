package org.smartbert.jobs.actions.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.model.InvalidInputException;

/**
 * The tables of a training run, each at one version: the latest, or the one that an attempt at the
 * same work had when it was cut off, if that left a checkpoint.
 *
 * @param validation empty where a share of the training table is used
 * @param notes sentences for the user on versions that are not the latest
 */
public record TrainingInputs(
    InputTable.Pinned train, Optional<InputTable.Pinned> validation, List<String> notes) {
  /** Setting of a run's row in the runs table: the version of its validation table. */
  static final String VALIDATION_VERSION = "validation_version";

  /**
   * Opens the tables of a request.
   *
   * @throws InvalidInputException if a table that a checkpoint was made from is no more as it was
   */
  public static TrainingInputs open(JobContext context, TrainingIdentity identity) {
    SparkSession spark = context.spark();
    Optional<Row> cutOff = cutOff(context, identity);
    if (cutOff.isEmpty()) {
      return new TrainingInputs(
          identity.input().open(spark),
          identity.validation().map(table -> table.open(spark)),
          List.of());
    }
    Row run = cutOff.get();
    String id = run.getAs("run_id");
    List<String> notes = new ArrayList<>();
    InputTable.Pinned train =
        reopened(spark, identity.input(), run.getAs("input_version"), id, notes);
    String validationVersion =
        run.<String, String>getJavaMap(run.fieldIndex("settings")).get(VALIDATION_VERSION);
    Optional<InputTable.Pinned> validation =
        identity.validation().map(table -> reopened(spark, table, validationVersion, id, notes));
    return new TrainingInputs(train, validation, notes);
  }

  /** The run that the request resumes: not finished, and with a checkpoint. */
  private static Optional<Row> cutOff(JobContext context, TrainingIdentity identity) {
    RunsTable runs = new RunsTable(context.spark(), context.tablesRoot());
    String request = identity.request();
    Optional<String> name = identity.runId();
    Optional<Row> run = name.isEmpty() ? runs.unfinished(request) : runs.find(name.get());
    return run.filter(row -> identity.command().equals(row.getAs("command")))
        .filter(row -> !"finished".equals(row.getAs("status")))
        // Another request under the same name: the checkpoint itself reports it later.
        .filter(row -> request.equals(row.getAs("request")))
        .filter(
            row ->
                new CheckpointFolder(
                        TrainingPlan.checkpoints(identity.output(), row.getAs("run_id")),
                        context.hadoop())
                    .holdsAny());
  }

  private static InputTable.Pinned reopened(
      SparkSession spark, InputTable table, String version, String runId, List<String> notes) {
    String latest = table.open(spark).version();
    if (latest.equals(version)) {
      return table.openAt(spark, version);
    }
    InputTable.Pinned pinned = openAt(spark, table, version, latest, runId);
    if (!pinned.version().equals(version)) {
      throw new InvalidInputException(
          "The input %s has changed since run %s was interrupted (its version was %s and is %s);"
              + " restore it to finish that run, or give a new --run-id to start over.",
          table.location(), runId, version, latest);
    }
    notes.add(
        String.format(
            Locale.ROOT,
            "Run %s resumes with version %s of %s, with which it began; the latest is %s, and a new"
                + " --run-id would train on that one.",
            runId,
            version,
            table.location(),
            latest));
    return pinned;
  }

  /** Delta removes old versions. */
  private static InputTable.Pinned openAt(
      SparkSession spark, InputTable table, String version, String latest, String runId) {
    try {
      return table.openAt(spark, version);
    } catch (Exception e) {
      throw new InvalidInputException(
          e,
          "Run %s was interrupted at version %s of %s, which can no longer be read (the latest is"
              + " %s); give a new --run-id to start over with that one.",
          runId,
          version,
          table.location(),
          latest);
    }
  }
}
