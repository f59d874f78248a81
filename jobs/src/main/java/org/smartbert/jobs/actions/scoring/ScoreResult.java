package org.smartbert.jobs.actions.scoring;

import java.util.List;
import org.smartbert.jobs.io.TableLocation;

/**
 * What a scoring run did.
 *
 * @param attempt what this call computed
 * @param totals of the whole run, earlier attempts counted
 * @param exits rows by exit layer
 */
public record ScoreResult(
    TableLocation output,
    ScoringJob.Result attempt,
    ScoringReport.Totals totals,
    List<ScoringReport.ExitRow> exits) {

  /** Whether the run was complete before this call. */
  public boolean wasComplete() {
    return attempt.computed() == 0;
  }

  /** Rows per second of this call. */
  public double rowsPerSecond() {
    return attempt.computedRows() / Math.max(attempt.seconds(), 1e-9);
  }
}
