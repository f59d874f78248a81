package org.smartbert.jobs.actions.inspection;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.smartbert.jobs.actions.scoring.ScoringReport;

/**
 * A scoring run as its records and predictions show it.
 *
 * @param settings as the table runs holds them
 * @param end empty for a run that did not finish
 */
public record ScoringRun(
    Identity identity,
    Map<String, String> settings,
    Optional<End> end,
    ScoringReport.Totals totals,
    List<ScoringReport.ExitRow> exits,
    List<ScoringReport.SkipRow> skips) {

  /** Which run it is. */
  public record Identity(
      String runId,
      String status,
      String input,
      String inputVersion,
      String output,
      String modelVersion) {}

  /**
   * What is known at a run's end.
   *
   * @param speed of the last attempt; empty where that was killed before it could record its end
   */
  public record End(long rows, long errorRows, Optional<Speed> speed) {}

  /** How fast an attempt was. */
  public record Speed(double seconds, double rowsPerSecond) {}
}
