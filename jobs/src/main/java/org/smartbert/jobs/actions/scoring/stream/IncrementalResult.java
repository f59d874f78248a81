package org.smartbert.jobs.actions.scoring.stream;

import java.util.List;
import java.util.Optional;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.io.TableLocation;

/**
 * What a call scored.
 *
 * @param input the input's path or name
 * @param scored empty where nothing was new; its slices are batches
 * @param notes sentences on what the user would not expect
 */
public record IncrementalResult(
    String input, TableLocation output, Optional<ScoreResult> scored, List<String> notes) {
  public IncrementalResult {
    notes = List.copyOf(notes);
  }
}
