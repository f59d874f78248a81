package org.smartbert.jobs.actions.scoring;

import java.util.List;
import java.util.stream.Stream;
import org.smartbert.jobs.io.TableLocation;

/**
 * What a scoring run did.
 *
 * @param attempt what this call computed
 * @param totals of the whole run, earlier attempts counted
 * @param exits rows by exit layer
 * @param notes sentences on what the user would not expect, for example rows of another run that
 *     did not finish
 */
public record ScoreResult(
    TableLocation output,
    ScoringJob.Result attempt,
    ScoringReport.Totals totals,
    List<ScoringReport.ExitRow> exits,
    List<String> notes) {
  public ScoreResult {
    notes = List.copyOf(notes);
  }

  /** The same with a further note. */
  ScoreResult withNote(String note) {
    return new ScoreResult(
        output, attempt, totals, exits, Stream.concat(notes.stream(), Stream.of(note)).toList());
  }

  /** Whether the run was complete before this call. */
  public boolean wasComplete() {
    return attempt.computed().slices() == 0;
  }

  /** Whether this call reached the limit of its core-hours before the run was complete. */
  public boolean wasStopped() {
    return attempt.computed().stop().isPresent();
  }

  /** Rows per second of this call. */
  public double rowsPerSecond() {
    return attempt.computed().rows() / Math.max(attempt.computed().seconds(), 1e-9);
  }
}
