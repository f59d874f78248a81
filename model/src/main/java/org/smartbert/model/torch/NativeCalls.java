package org.smartbert.model.torch;

import java.time.Duration;

/**
 * The calls into libtorch that this process is in. A process that ends while one of them computes
 * takes away what libtorch uses (its thread pools, oneDNN's kernels) and dies of a segmentation
 * fault, so the code that ends the process calls {@link #stop} first, after everything that still
 * needs to compute. {@link TorchScript} counts its calls itself.
 */
public final class NativeCalls {
  private static final CallGate PROCESS = new CallGate();

  private NativeCalls() {}

  /**
   * Lets no further call begin in this process, and waits for those that run. A thread that begins
   * one later waits for the process's end.
   *
   * @param patience how long to wait at most
   * @return whether none is running any more
   */
  public static boolean stop(Duration patience) {
    return PROCESS.close(patience);
  }

  static void begin() {
    PROCESS.enter();
  }

  static void end() {
    PROCESS.leave();
  }
}
