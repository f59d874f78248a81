package org.smartbert.jobs.actions.scoring.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.scoring.ScoreAction;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.actions.scoring.ScoringJob;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.actions.scoring.ScoringReport;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.StreamSource;

/** Carries out an {@link IncrementalRequest}. */
public record IncrementalAction(JobContext context) {
  /**
   * Scores the rows that are new. A call that was cut off is continued by the next one.
   *
   * @throws org.smartbert.model.InvalidInputException for input, model, output or checkpoint that
   *     do not fit, and for changes of the input that would lose rows
   */
  public IncrementalResult run(IncrementalRequest request) {
    SparkSession spark = context.spark();
    ScoringPlan plan = new ScoreAction(context).plan(request.scoring());
    StreamSource source = StreamSource.of(plan.input(), request.changes(), spark);
    RunsTable runs = new RunsTable(spark, context.tablesRoot());
    StreamBegin.Begun begun = new StreamBegin(context, request, plan, source).begin(runs);
    IncrementalJob.Outcome outcome =
        new IncrementalJob(context, request, plan, source, begun).run(runs);
    List<String> notes = new ArrayList<>(begun.notes());
    notes.addAll(outcome.notes());
    Optional<ScoreResult> scored = outcome.runId().flatMap(run -> ended(run, plan, outcome, runs));
    return new IncrementalResult(plan.input().location(), plan.output(), scored, notes);
  }

  /** Records the end of a run; empty if it has no row. */
  private Optional<ScoreResult> ended(
      String runId, ScoringPlan plan, IncrementalJob.Outcome outcome, RunsTable runs) {
    ScoringReport report =
        new ScoringReport(
            context.spark(), plan.output(), runId, plan.destination().schema().prefix());
    ScoringReport.Totals totals = report.totals();
    ScoreResult result =
        new ScoreResult(
            plan.output(),
            new ScoringJob.Result(
                runId, totals.rows(), outcome.computed().slices(), outcome.computed(), List.of()),
            totals,
            report.exits(),
            List.of());
    Optional<RunsTable.Timing> timing =
        outcome.computed().slices() == 0
            ? Optional.empty()
            : Optional.of(
                new RunsTable.Timing(outcome.computed().seconds(), result.rowsPerSecond()));
    CancellableJobs.outside(
        context.spark().sparkContext(),
        () ->
            runs.finished(
                runId,
                new RunsTable.End(
                    totals.rows(),
                    totals.errors(),
                    timing,
                    Optional.of(totals.compute()),
                    OptionalDouble.empty())));
    return totals.rows() == 0 || outcome.computed().slices() == 0
        ? Optional.empty()
        : Optional.of(result);
  }
}
