package org.smartbert.jobs.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.util.SignalUtils;

/**
 * SIGTERM and SIGINT as a request to a command that runs until then: it ends by itself, and with
 * exit code 0. A second signal ends the process as {@link Termination} says.
 */
final class StopRequests implements AutoCloseable {
  private static final List<String> SIGNALS = List.of("TERM", "INT");
  private static final AtomicReference<Optional<Runnable>> STOP =
      new AtomicReference<>(Optional.empty());
  private static boolean registered;

  private StopRequests() {}

  /** Until this is closed, the first signal runs {@code stop} and does nothing else. */
  static StopRequests to(Runnable stop) {
    STOP.set(Optional.of(stop));
    register();
    return new StopRequests();
  }

  private static synchronized void register() {
    if (!registered) {
      SIGNALS.forEach(signal -> SignalUtils.register(signal, StopRequests::taken));
      registered = true;
    }
  }

  /** Whether there was a command to stop; if not, the signal does what it always does. */
  private static Boolean taken() {
    Optional<Runnable> stop = STOP.getAndSet(Optional.empty());
    stop.ifPresent(Runnable::run);
    return stop.isPresent();
  }

  @Override
  public void close() {
    STOP.set(Optional.empty());
  }
}
