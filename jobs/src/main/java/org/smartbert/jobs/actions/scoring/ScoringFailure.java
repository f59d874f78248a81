package org.smartbert.jobs.actions.scoring;

import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.io.Causes;
import org.smartbert.jobs.io.StorageFailure;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.io.UnreadableInput;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/** The failure of a run that scores as a message for users, if it has none yet. */
public final class ScoringFailure {
  private ScoringFailure() {}

  /**
   * The exception to throw.
   *
   * @param output that the run writes to
   */
  public static RuntimeException of(Exception failure, String runId, TableLocation output) {
    Optional<RuntimeException> own = Causes.own(failure);
    if (own.isPresent()) {
      return own.get();
    }
    Throwable root = failure;
    for (Throwable e : Causes.of(failure)) {
      if (e instanceof AnalysisException) {
        return new InvalidInputException(e, "%s.", StorageFailure.line(e));
      }
      root = e;
    }
    Optional<InvalidInputException> unreadable = UnreadableInput.of(failure);
    if (unreadable.isPresent()) {
      return unreadable.get();
    }
    String reason = CancellableJobs.cancelReason().orElse(StorageFailure.line(root));
    return StorageFailure.of(failure, output.name())
        .orElseGet(
            () ->
                new FailedRunException(
                    String.format(
                        "Run %s failed: %s; give the same command again to resume it, and --debug"
                            + " to see the stack trace.",
                        runId, reason),
                    failure));
  }
}
