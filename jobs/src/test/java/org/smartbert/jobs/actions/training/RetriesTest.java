package org.smartbert.jobs.actions.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.sync.PeerLostException;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.training.TrainingStoppedException;

/** Which broken attempts are followed by another. */
class RetriesTest {
  private static final Optional<String> EARLIER = Optional.of("1-01-000000010");
  private static final Optional<String> LATER = Optional.of("1-01-000000017");

  /** As Spark's driver gets what a task threw: as text. */
  private final AttemptFailure stopped =
      AttemptFailure.of(
          new IllegalStateException(
              "Job aborted due to stage failure: Lost task 0.0 in stage 3.0 (TID 5): "
                  + TrainingStoppedException.class.getName()
                  + ": Training was stopped after step 17 of stage 1.\n\tat X.run(X.java:1)"));

  private final AttemptFailure broken =
      AttemptFailure.of(
          new IllegalStateException(
              "Job aborted: " + PeerLostException.class.getName() + ": Rank 1 is lost."));

  @Test
  void workersThatWereToldToEndUseUpNoRetry() {
    assertThat(stopped.kind()).isEqualTo(AttemptFailure.Kind.STOPPED);
    Retries none = new Retries(0);
    for (int i = 0; i < 5; i++) {
      assertThat(none.next(stopped, EARLIER, LATER).orElseThrow())
          .isEqualTo(
              "An attempt was stopped, because a worker's process was told to end: Training was"
                  + " stopped after step 17 of stage 1. This is not counted as a retry.");
    }
    assertThat(none.next(stopped, Optional.empty(), EARLIER)).isPresent();
    assertThat(none.used()).isZero();
    assertThat(none.next(broken, EARLIER, LATER)).isEmpty();
  }

  @Test
  void aStopThatGotNoFurtherIsAFailedAttempt() {
    Retries one = new Retries(1);
    assertThat(one.next(stopped, EARLIER, EARLIER).orElseThrow())
        .isEqualTo(
            "An attempt failed: Training was stopped after step 17 of stage 1. Retry 1 of 1.");
    assertThat(one.next(stopped, EARLIER, EARLIER)).isEmpty();
    assertThat(one.used()).isEqualTo(1);
    assertThat(stopped.exception(1))
        .isInstanceOf(FailedRunException.class)
        .hasMessageStartingWith("Training failed after 1 retry: Training was stopped after step 17")
        .hasMessageEndingWith("The same command resumes from the last checkpoint.");
  }

  @Test
  void brokenAttemptsAreCounted() {
    Retries two = new Retries(2);
    assertThat(two.next(broken, EARLIER, LATER).orElseThrow()).endsWith("Retry 1 of 2.");
    assertThat(two.next(broken, EARLIER, LATER).orElseThrow()).endsWith("Retry 2 of 2.");
    assertThat(two.next(broken, EARLIER, LATER)).isEmpty();
  }
}
