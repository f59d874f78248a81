package org.smartbert.jobs.actions.training;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a training task is requested to stop: by Spark, which cancelled or killed it, or because
 * its process was told to end. The process then waits for the task, so that neither the file system
 * that it saves its checkpoint to nor libtorch is taken away from under it.
 */
final class StopSignal implements BooleanSupplier, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

  /** Before the hooks of Spark (priority 40 and below) and of Hadoop's file systems (10). */
  private static final int PRIORITY = 90;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TaskContext task;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Runnable hook = this::awaitTask;
  private volatile boolean processEnds;

  private StopSignal(TaskContext task) {
    this.task = task;
  }

  static StopSignal of(TaskContext task) {
    StopSignal signal = new StopSignal(task);
    try {
      ShutdownHookManager.get()
          .addShutdownHook(signal.hook, PRIORITY, 2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (IllegalStateException e) {
      LOG.debug("The process is already shutting down", e);
      signal.processEnds = true;
    }
    return signal;
  }

  @Override
  public boolean getAsBoolean() {
    return processEnds || task.isInterrupted();
  }

  private void awaitTask() {
    processEnds = true;
    try {
      if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn(
            "A training step took longer than {} s; the process exits without it",
            PATIENCE.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The task is done with libtorch and with files. */
  @Override
  public void close() {
    ended.countDown();
    if (!processEnds) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }
}
