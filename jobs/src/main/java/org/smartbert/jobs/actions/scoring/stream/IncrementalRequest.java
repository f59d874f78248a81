package org.smartbert.jobs.actions.scoring.stream;

import java.util.Optional;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.io.StreamSource;
import org.smartbert.model.InvalidInputException;

/**
 * Scores the rows of an input that it has not scored yet.
 *
 * @param scoring what is scored and how
 * @param checkpoint folder that notes which rows are scored, on any Hadoop file system; empty for
 *     one in the output's folder
 * @param changes what becomes of updates and deletes in the input
 * @param limits bounds of a batch, which is one commit of the output
 */
public record IncrementalRequest(
    ScoreRequest scoring,
    Optional<String> checkpoint,
    StreamSource.Changes changes,
    StreamSource.Limits limits) {
  /**
   * @throws InvalidInputException for parts of a request that mean nothing here
   */
  public IncrementalRequest {
    if (scoring.runId().isPresent()) {
      throw new InvalidInputException(
          "--run-id cannot be given with --incremental, which makes an id for each call; omit it,"
              + " or give --incremental off.");
    }
    if (scoring.tasks().slices() != 0) {
      throw new InvalidInputException(
          "--slices has no effect with --incremental; give --max-files-per-trigger or"
              + " --max-bytes-per-trigger, or --incremental off.");
    }
    if (scoring.tasks().maxCoreHours().isPresent()) {
      throw new InvalidInputException(
          "--max-core-hours cannot be used with --incremental; omit it, and interrupt a call that"
              + " takes too long: the next one scores what is left.");
    }
  }

  /** A request with the defaults of the command {@code score --incremental on}. */
  public static IncrementalRequest of(ScoreRequest scoring) {
    return new IncrementalRequest(
        scoring, Optional.empty(), StreamSource.Changes.FAIL, StreamSource.Limits.DEFAULT);
  }

  public IncrementalRequest with(StreamSource.Changes changed) {
    return new IncrementalRequest(scoring, checkpoint, changed, limits);
  }

  public IncrementalRequest with(StreamSource.Limits changed) {
    return new IncrementalRequest(scoring, checkpoint, changes, changed);
  }

  public IncrementalRequest withCheckpoint(String folder) {
    return new IncrementalRequest(scoring, Optional.of(folder), changes, limits);
  }
}
