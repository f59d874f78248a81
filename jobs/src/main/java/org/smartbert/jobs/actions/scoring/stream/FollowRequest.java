package org.smartbert.jobs.actions.scoring.stream;

import java.time.Duration;
import org.smartbert.model.InvalidInputException;

/**
 * Scores the rows of an input that it has not scored yet, and those that come, until it is stopped.
 *
 * @param pollInterval time between the beginnings of two looks for new rows
 * @param stop ends it
 */
public record FollowRequest(IncrementalRequest rows, Duration pollInterval, StreamStop stop) {
  /** Where the user gives no interval. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

  /**
   * @throws InvalidInputException for an interval that is not above 0
   */
  public FollowRequest {
    if (pollInterval.toMillis() < 1) {
      throw new InvalidInputException(
          "--poll-interval is %d ms; it must be 1 ms or more.", pollInterval.toMillis());
    }
  }

  /** A request with the defaults of the command {@code score --follow}. */
  public static FollowRequest of(IncrementalRequest rows, StreamStop stop) {
    return new FollowRequest(rows, DEFAULT_INTERVAL, stop);
  }
}
