package org.smartbert.model.torch;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts threads in a section that can be closed for good. One atomic addition to enter and one to
 * leave; a thread may enter again inside.
 */
final class CallGate {
  private static final long CLOSED = 1L << 62;
  private static final long POLL_MILLIS = 2;

  /** Threads inside, and CLOSED added once. */
  private final AtomicLong inside = new AtomicLong();

  private final CountDownLatch never = new CountDownLatch(1);

  void enter() {
    if (inside.incrementAndGet() < CLOSED) {
      return;
    }
    inside.decrementAndGet();
    try {
      // Failing here would let a task be tried again, and fail again, in a process that is ending.
      never.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException("This process is shutting down and does not compute any more");
  }

  void leave() {
    inside.decrementAndGet();
  }

  /** Whether all threads have left within {@code patience}; none comes in any more. */
  boolean close(Duration patience) {
    inside.getAndUpdate(count -> count < CLOSED ? count + CLOSED : count);
    long end = System.nanoTime() + patience.toNanos();
    while (inside.get() != CLOSED) {
      if (System.nanoTime() >= end) {
        return false;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
