package org.smartbert.model.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CallGateTest {
  private final CallGate gate = new CallGate();

  @Test
  void closingWaitsForThoseInside() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Thread caller =
        new Thread(
            () -> {
              gate.enter();
              inside.countDown();
              awaitQuietly(leave);
              gate.leave();
            });
    caller.start();
    inside.await();
    assertThat(gate.close(Duration.ofMillis(50))).isFalse();
    leave.countDown();
    assertThat(gate.close(Duration.ofSeconds(20))).isTrue();
    caller.join();
  }

  @Test
  void whoComesAfterwardsWaitsUntilInterrupted() throws Exception {
    assertThat(gate.close(Duration.ZERO)).isTrue();
    AtomicReference<Throwable> refusal = new AtomicReference<>();
    Thread late =
        new Thread(
            () -> {
              try {
                gate.enter();
              } catch (IllegalStateException e) {
                refusal.set(e);
              }
            });
    late.start();
    late.join(200);
    assertThat(late.isAlive()).isTrue();
    assertThat(gate.close(Duration.ofSeconds(20))).as("nobody counts as inside").isTrue();
    late.interrupt();
    late.join();
    assertThat(refusal.get()).hasMessageContaining("This process is shutting down");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
