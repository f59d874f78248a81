package org.smartbert.jobs.actions.training;

import java.util.Locale;
import java.util.Optional;

/**
 * The attempts that may follow a broken one. One whose workers were told to end is no failure: it
 * saved where it stood, and uses up no retry. Unless it got no further than the one before: where
 * every process is told to end at once, attempts would follow one another for ever.
 */
final class Retries {
  private final int allowed;
  private int used;

  Retries(int allowed) {
    this.allowed = allowed;
  }

  int used() {
    return used;
  }

  /**
   * A line for the user on the attempt that follows; nothing where none may.
   *
   * @param before the checkpoint that the broken attempt began with
   * @param after the checkpoint that it left
   */
  Optional<String> next(AttemptFailure failure, Optional<String> before, Optional<String> after) {
    if (failure.isFinal()) {
      return Optional.empty();
    }
    if (failure.kind() == AttemptFailure.Kind.STOPPED && !after.equals(before)) {
      return Optional.of(
          "An attempt was stopped, because a worker's process was told to end: "
              + failure.reason()
              + " This is not counted as a retry.");
    }
    if (used >= allowed) {
      return Optional.empty();
    }
    used++;
    return Optional.of(
        String.format(
            Locale.ROOT, "An attempt failed: %s Retry %d of %d.", failure.reason(), used, allowed));
  }
}
