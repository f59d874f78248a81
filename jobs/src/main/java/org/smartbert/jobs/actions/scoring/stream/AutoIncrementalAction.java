package org.smartbert.jobs.actions.scoring.stream;

import java.util.Optional;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.actions.scoring.ScoreAction;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.actions.scoring.WriterKinds;
import org.smartbert.jobs.io.AppendCheck;
import org.smartbert.jobs.io.StreamSource;

/**
 * Scores only rows that are new where input, output and request allow it, otherwise all rows. Which
 * of both is decided before any work.
 */
public record AutoIncrementalAction(JobContext context) {
  /** What one of both ways did. */
  public record Result(Optional<IncrementalResult> ofNewRows, Optional<ScoreResult> ofAllRows) {}

  /**
   * Scores.
   *
   * @throws org.smartbert.model.InvalidInputException as {@link IncrementalAction} and {@link
   *     ScoreAction}
   */
  public Result run(ScoreRequest request) {
    ScoringPlan plan = new ScoreAction(context).plan(request);
    return isOfNewRows(plan)
        ? new Result(
            Optional.of(new IncrementalAction(context).run(IncrementalRequest.of(request), plan)),
            Optional.empty())
        : new Result(Optional.empty(), Optional.of(new ScoreAction(context).run(plan)));
  }

  private boolean isOfNewRows(ScoringPlan plan) {
    return !isOfSlices(plan)
        && StreamSource.isTableOrFolder(plan.input(), context.spark())
        && isFor(plan);
  }

  /** Whether the request has parts that a stream does not take. */
  private static boolean isOfSlices(ScoringPlan plan) {
    return plan.runId().isPresent()
        || plan.tasks().slices() != 0
        || plan.tasks().maxCoreHours().isPresent();
  }

  /** Whether the output is for a stream: what was written to it whole is not noted as scored. */
  private boolean isFor(ScoringPlan plan) {
    new AppendCheck(plan.output(), context.spark()).requireDelta();
    WriterKinds writers = WriterKinds.of(plan.output(), context.spark());
    if (writers.hasStream(plan)) {
      return true;
    }
    Optional<String> whole = writers.batchRun();
    whole.ifPresent(
        run -> {
          try (Progress progress = context.progress().start("score")) {
            progress.note(
                String.format(
                    "%s holds rows of run %s, which did not note what it scored, so that all rows"
                        + " of %s are taken, as with --incremental off; give another --output to"
                        + " score only rows that are new from then on.",
                    plan.output().name(), run, plan.input().location()));
          }
        });
    return whole.isEmpty();
  }
}
