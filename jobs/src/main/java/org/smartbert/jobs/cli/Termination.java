package org.smartbert.jobs.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;
import org.smartbert.jobs.actions.run.CancellableJobs;

/**
 * What happens when the process is terminated (SIGTERM from a scheduler, Ctrl-C) while a command
 * runs: its Spark jobs are cancelled, the command ends as after a failure, with one line on
 * standard error, and only then are Spark and libtorch taken down. Exit code: 143 for SIGTERM, 130
 * for Ctrl-C, as the JVM gives it.
 */
final class Termination {
  /** Before the hooks of Spark, which stop its context (priority 40), and of the file systems. */
  private static final int PRIORITY = 100;

  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private static final String REASON = "the process was terminated";

  private final CountDownLatch ended = new CountDownLatch(1);

  private Termination() {}

  /** Begins to watch; call {@link #commandEnded} when the command has ended. */
  static Termination install() {
    Termination termination = new Termination();
    ShutdownHookManager.get()
        .addShutdownHook(
            termination::stopCommand, PRIORITY, 2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return termination;
  }

  /** Whether the process was terminated before the command had ended. */
  static boolean requested() {
    return CancellableJobs.cancelReason().isPresent();
  }

  void commandEnded() {
    ended.countDown();
  }

  private void stopCommand() {
    if (ended.getCount() == 0) {
      return;
    }
    CancellableJobs.cancelAll(REASON);
    try {
      if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println(
            "smartbert: The command was stopped and did not end within "
                + PATIENCE.toSeconds()
                + " s; what it had not committed is lost.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
