package org.smartbert.jobs.actions.scoring.stream;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.scoring.ScoreAction;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.actions.scoring.ScoringJob;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.actions.scoring.ScoringReport;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.StreamSource;

/** Carries out an {@link IncrementalRequest} or a {@link FollowRequest}. */
public record IncrementalAction(JobContext context) {
  /**
   * Scores the rows that are new. A call that was cut off is continued by the next one.
   *
   * @throws org.smartbert.model.InvalidInputException for input, model, output or checkpoint that
   *     do not fit, and for changes of the input that would lose rows
   * @throws org.smartbert.model.FailedRunException where another call of the same job runs
   */
  public IncrementalResult run(IncrementalRequest request) {
    return run(request, plan(request));
  }

  /** Scores what was planned. */
  IncrementalResult run(IncrementalRequest request, ScoringPlan plan) {
    return run(request, plan, source(request, plan), (at, progress) -> StreamEnd.ALL_WRITTEN);
  }

  /**
   * Scores the rows that are new and those that come, until the request's {@link StreamStop} ends
   * it. It goes on where calls of {@link #run(IncrementalRequest)} ended, and they where it did.
   *
   * @throws org.smartbert.model.InvalidInputException as {@link #run(IncrementalRequest)}
   * @throws org.smartbert.model.FailedRunException where another call of the same job runs
   */
  public IncrementalResult follow(FollowRequest request) {
    ScoringPlan plan = plan(request.rows());
    StreamSource source = source(request.rows(), plan);
    return run(
        request.rows(),
        plan,
        source,
        (at, progress) -> {
          progress.note(
              String.format(
                  Locale.ROOT,
                  "Following %s: new rows are looked for every %s s.",
                  plan.input().location(),
                  BigDecimal.valueOf(request.pollInterval().toMillis(), 3)
                      .stripTrailingZeros()
                      .toPlainString()));
          return new Following(request, source, at, progress);
        });
  }

  private ScoringPlan plan(IncrementalRequest request) {
    return new ScoreAction(context).plan(request.scoring());
  }

  private StreamSource source(IncrementalRequest request, ScoringPlan plan) {
    return StreamSource.of(plan.input(), request.changes(), context.spark());
  }

  private IncrementalResult run(
      IncrementalRequest request, ScoringPlan plan, StreamSource source, IncrementalJob.Ends ends) {
    RunsTable runs = new RunsTable(context.spark(), context.tablesRoot());
    StreamBegin.Begun begun = new StreamBegin(context, request, plan, source).begin(runs);
    IncrementalJob.Outcome outcome =
        new IncrementalJob(context, request, plan, source, begun).run(runs, ends);
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
    if (totals.rows() == 0 && outcome.computed().slices() == 0) {
      // Its first batch was abandoned: the next call, which writes that batch, goes on with it.
      return Optional.empty();
    }
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
