package org.smartbert.jobs.actions.scoring;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.text.TextEncoder;

/** Carries out a {@link ScoreRequest}. */
public record ScoreAction(JobContext context) {
  /**
   * Scores. A run that was interrupted, or stopped by its limit, resumes; one that is complete is
   * not repeated.
   *
   * @throws org.smartbert.model.InvalidInputException before any work, for input, model or output
   *     that do not fit
   */
  public ScoreResult run(ScoreRequest request) {
    return run(plan(request));
  }

  /** Scores what was {@linkplain #plan planned}. */
  public ScoreResult run(ScoringPlan plan) {
    RunsTable runs = new RunsTable(context.spark(), context.tablesRoot());
    ScoringJob.Result attempt =
        new ScoringJob(context, plan, runs, ScoringJob.SliceListener.NONE).run();
    ScoringReport report =
        new ScoringReport(
            context.spark(), plan.output(), attempt.runId(), plan.destination().schema().prefix());
    ScoreResult result =
        new ScoreResult(plan.output(), attempt, report.totals(), report.exits(), attempt.notes());
    if (result.wasComplete()) {
      return result.totals().rows() == attempt.rows()
          ? result
          : result.withNote(rowsChanged(result));
    }
    if (result.wasStopped()) {
      // Its row in the table runs stays as it is, so that the next call finds and resumes it.
      return result;
    }
    CancellableJobs.outside(
        context.spark().sparkContext(), () -> runs.finished(attempt.runId(), end(result)));
    return result;
  }

  private static String rowsChanged(ScoreResult result) {
    return String.format(
        Locale.ROOT,
        "The input has %,d rows, and of this run %,d are in the table: rows were deleted or changed"
            + " there since; a new --run-id scores all rows again.",
        result.attempt().rows(),
        result.totals().rows());
  }

  private static RunsTable.End end(ScoreResult result) {
    ScoringReport.Totals totals = result.totals();
    return new RunsTable.End(
        totals.rows(),
        totals.errors(),
        Optional.of(
            new RunsTable.Timing(result.attempt().computed().seconds(), result.rowsPerSecond())),
        Optional.of(totals.compute()),
        OptionalDouble.empty());
  }

  /**
   * The request, checked.
   *
   * @throws org.smartbert.model.InvalidInputException for input and model that do not fit
   */
  public ScoringPlan plan(ScoreRequest request) {
    ModelSelection.Resolved model =
        Backbones.locate(request.model(), context).resolve(context.spark());
    TextEncoder.open(model.local(), model.config(), model.reference().maxTokens()).close();
    if (request.input().pairColumn().isPresent()) {
      TextEncoder.requirePairs(model.config(), model.local());
    }
    CertifiedExits exits = CertifiedExits.of(request.exits(), model);
    try (Progress progress = context.progress().start("score")) {
      exits.line().ifPresent(progress::note);
    }
    return new ScoringPlan(
        request.input().keepingMalformed().resolved(context.spark()),
        model.reference(),
        exits.exits(),
        new ScoringPlan.Destination(
            TableLocation.parse(request.output().location(), context.spark()),
            request.output().columns(),
            request.output().keep()),
        request.tasks(),
        request.runId());
  }
}
