package org.smartbert.jobs.actions.scoring;

import org.smartbert.jobs.actions.run.JobContext;

/** Carries out a {@link PlanRequest}. */
public record PlanAction(JobContext context) {
  /**
   * Does what a run does, with a sample of the rows and with tables that are removed at the end,
   * and measures each part.
   *
   * @throws org.smartbert.model.InvalidInputException for input, model or columns that do not fit,
   *     and for an input without rows, or with none that can be scored
   */
  public ScoringForecast run(PlanRequest request) {
    try (ScratchTables scratch = ScratchTables.under(context)) {
      return new PlanRun(context, request, scratch).forecast();
    }
  }
}
