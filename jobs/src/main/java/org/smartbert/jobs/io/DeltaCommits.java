package org.smartbert.jobs.io;

import java.util.concurrent.ThreadLocalRandom;
import org.apache.spark.sql.delta.DeltaConcurrentModificationException;
import org.smartbert.model.FailedRunException;

/**
 * Commits that are retried when another writer was faster. Delta detects conflicts when a
 * transaction commits and throws; repeating the whole transaction on the new version is its
 * documented remedy.
 */
public final class DeltaCommits {
  private static final int ATTEMPTS = 10;
  private static final long FIRST_WAIT_MILLIS = 50;
  private static final long LONGEST_WAIT_MILLIS = 2_000;

  private DeltaCommits() {}

  /**
   * Runs a transaction, again where it conflicts with another one.
   *
   * @param table its name, for the message
   * @throws FailedRunException if the conflicts do not end
   */
  public static void retrying(String table, Runnable transaction) {
    for (int attempt = 1; ; attempt++) {
      try {
        transaction.run();
        return;
      } catch (DeltaConcurrentModificationException e) {
        if (attempt == ATTEMPTS) {
          throw new FailedRunException(
              String.format(
                  "The table %s was changed by other writers during each of %d attempts to commit;"
                      + " give the same command again when they have finished.",
                  table, ATTEMPTS),
              e);
        }
        pause(attempt);
      }
    }
  }

  /** Waits for a random part of a time that doubles, so that writers do not meet again. */
  private static void pause(int attempt) {
    long longest = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << attempt);
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(FIRST_WAIT_MILLIS, longest + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedRunException("The run was interrupted while it waited to commit.", e);
    }
  }
}
