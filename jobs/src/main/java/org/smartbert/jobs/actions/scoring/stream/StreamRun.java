package org.smartbert.jobs.actions.scoring.stream;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.actions.scoring.WriterKinds;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.Digests;

/** The run of a call in the table {@code runs}: recorded when it has a first batch to write. */
final class StreamRun {
  private final ScoringPlan plan;
  private final StreamState state;
  private final RunsTable runs;
  private final SparkSession spark;
  private final String id;
  private final long firstBatch;
  private final boolean unfinished;
  private boolean started;

  private StreamRun(
      ScoringPlan plan, StreamState state, RunsTable runs, SparkSession spark, Optional<Row> open) {
    this.plan = plan;
    this.state = state;
    this.runs = runs;
    this.spark = spark;
    this.unfinished = open.isPresent();
    this.firstBatch =
        WriterKinds.of(plan.output(), spark)
                .lastBatch(WriterKinds.transactions(plan, state.id()))
                .orElse(-1)
            + 1;
    this.id =
        open.map(row -> row.<String>getAs("run_id"))
            .orElseGet(
                () ->
                    "score-"
                        + Digests.of(List.of(plan.job(), state.id(), Long.toString(firstBatch))));
  }

  /** The run that an earlier call could not end, or a new one. */
  static StreamRun next(ScoringPlan plan, StreamState state, RunsTable runs, SparkSession spark) {
    return new StreamRun(plan, state, runs, spark, runs.unfinished(request(plan, state)));
  }

  private static String request(ScoringPlan plan, StreamState state) {
    return Digests.of(List.of(plan.job(), state.id()));
  }

  String id() {
    return id;
  }

  /** The id, if the run is in the table. */
  Optional<String> recorded() {
    return started || unfinished ? Optional.of(id) : Optional.empty();
  }

  /** Records the start; later calls do nothing. */
  void start() {
    if (started) {
      return;
    }
    Map<String, String> settings = new TreeMap<>(plan.settings());
    settings.put("checkpoint", state.id());
    RunsTable.Start start =
        new RunsTable.Start(
            id,
            "score",
            new RunsTable.Request(request(plan, state), settings),
            new RunsTable.Source(
                plan.input().location(), "batch " + firstBatch + " of checkpoint " + state.id()),
            plan.output().name(),
            plan.model().version());
    if (unfinished) {
      runs.started(start);
    } else {
      runs.startedAnew(start);
    }
    started = true;
  }

  /** Records that the call failed; the next one goes on with this run. */
  void failed(Throwable failure) {
    if (recorded().isPresent()) {
      CancellableJobs.outside(spark.sparkContext(), () -> runs.failed(id, failure));
    }
  }
}
