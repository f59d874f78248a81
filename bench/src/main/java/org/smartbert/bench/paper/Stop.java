package org.smartbert.bench.paper;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;
import org.smartbert.jobs.actions.run.CancellableJobs;

/**
 * What happens when the process is terminated: the cell's jobs are cancelled, a training saves
 * where it stands, and Spark is taken down only when the campaign has ended.
 */
final class Stop {
  /** Before the hooks of Spark, which stop its context (priority 40). */
  private static final int PRIORITY = 100;

  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private final CountDownLatch ended = new CountDownLatch(1);

  private Stop() {}

  static Stop install() {
    Stop stop = new Stop();
    ShutdownHookManager.get()
        .addShutdownHook(stop::stop, PRIORITY, 2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return stop;
  }

  static boolean requested() {
    return CancellableJobs.cancelReason().isPresent();
  }

  void campaignEnded() {
    ended.countDown();
  }

  private void stop() {
    if (ended.getCount() == 0) {
      return;
    }
    CancellableJobs.cancelAll("the process was terminated");
    try {
      if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println(
            "bench paper: The cell did not end within " + PATIENCE.toSeconds() + " s.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
