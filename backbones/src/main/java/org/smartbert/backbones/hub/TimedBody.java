package org.smartbert.backbones.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A response's body whose reads end with {@link HttpTimeoutException} when nothing arrives for a
 * while. The client's own timeout ends with the response's headers. Owner of the body.
 */
final class TimedBody extends FilterInputStream {
  /** How many times the clock is read until the timeout, which is exceeded by one at most. */
  private static final int LOOKS = 4;

  private final Duration timeout;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "hub-timeout");
            thread.setDaemon(true);
            return thread;
          });
  private final ScheduledFuture<?> looks;
  private volatile boolean waiting;
  private volatile long waitingSince;
  private volatile boolean expired;

  TimedBody(InputStream body, Duration timeout) {
    super(body);
    this.timeout = timeout;
    long pause = Math.max(1, timeout.toNanos() / LOOKS);
    this.looks = clock.scheduleWithFixedDelay(this::look, pause, pause, TimeUnit.NANOSECONDS);
  }

  /** Ends a read that waits: the client's streams fail when they are closed. */
  private void look() {
    if (!waiting || System.nanoTime() - waitingSince < timeout.toNanos()) {
      return;
    }
    expired = true;
    try {
      in.close();
    } catch (IOException e) {
      // The next look tries again.
      return;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    waitingSince = System.nanoTime();
    waiting = true;
    try {
      int read = in.read(buffer, from, length);
      if (!expired) {
        return read;
      }
    } catch (IOException e) {
      if (!expired) {
        throw e;
      }
    } finally {
      waiting = false;
    }
    throw timedOut();
  }

  private HttpTimeoutException timedOut() {
    return new HttpTimeoutException(
        "nothing arrived for " + timeout.toMillis() / 1000.0 + " seconds");
  }

  @Override
  public void close() throws IOException {
    looks.cancel(false);
    clock.shutdown();
    in.close();
  }
}
