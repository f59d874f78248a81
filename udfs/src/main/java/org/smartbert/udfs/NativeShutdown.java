package org.smartbert.udfs;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.util.ShutdownHookManager;
import org.smartbert.model.torch.NativeCalls;

/**
 * Keeps a terminated process from unloading libtorch under a task that computes: as the last of the
 * hooks of Hadoop and Spark, no native call begins any more and those that run are waited for.
 * Models are not closed then; their memory ends with the process.
 */
public final class NativeShutdown {
  /** Behind Spark's hooks, which stop its context (50) and remove its folders (25). */
  private static final int PRIORITY = 5;

  /** A call computes one layer of a batch, or one training step. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final AtomicBoolean INSTALLED = new AtomicBoolean();

  private NativeShutdown() {}

  /** To be called before a process computes for the first time; later calls do nothing. */
  public static void install() {
    if (INSTALLED.compareAndSet(false, true)) {
      ShutdownHookManager.get()
          .addShutdownHook(
              () -> NativeCalls.stop(PATIENCE),
              PRIORITY,
              PATIENCE.toSeconds() + 1,
              TimeUnit.SECONDS);
    }
  }
}
