package org.smartbert.bench.rivals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Times arms in alternation: one warm pass of each, then rounds over all of them, every second one
 * in the opposite order, so that a machine that becomes slower does not fall on the same arms. An
 * arm that fails is not run again.
 */
final class Rounds {
  /** What is timed. */
  interface Arm {
    String name();

    void run();
  }

  /**
   * What became of an arm.
   *
   * @param seconds of the rounds that ended, the warm pass not among them
   * @param failure null where every pass ended
   */
  record Times(List<Double> seconds, Throwable failure) {
    /** The middle one; of an even number the mean of the two in the middle. */
    double median() {
      List<Double> sorted = seconds.stream().sorted().toList();
      int upper = sorted.size() / 2;
      int lower = (sorted.size() - 1) / 2;
      return (sorted.get(lower) + sorted.get(upper)) / 2;
    }

    double fastest() {
      return Collections.min(seconds);
    }

    double slowest() {
      return Collections.max(seconds);
    }
  }

  private final int rounds;
  private final Consumer<String> notes;

  /**
   * Rounds to come.
   *
   * @param rounds after the warm pass
   * @param notes told of every pass
   */
  Rounds(int rounds, Consumer<String> notes) {
    this.rounds = rounds;
    this.notes = notes;
  }

  /** Runs and times all arms; the times by name, in the arms' order. */
  Map<String, Times> time(List<? extends Arm> arms) {
    Map<String, Times> times = new LinkedHashMap<>();
    arms.forEach(arm -> times.put(arm.name(), new Times(new ArrayList<>(), null)));
    for (int round = 0; round <= rounds; round++) {
      List<Arm> order = new ArrayList<>(arms);
      if (round % 2 == 0) {
        Collections.reverse(order);
      }
      for (Arm arm : order) {
        Times before = times.get(arm.name());
        if (before.failure() == null) {
          times.put(arm.name(), timed(arm, round, before));
        }
      }
    }
    return times;
  }

  private Times timed(Arm arm, int round, Times before) {
    notes.accept(
        round == 0
            ? "warm pass: " + arm.name()
            : "round " + round + " of " + rounds + ": " + arm.name());
    long started = System.nanoTime();
    try {
      arm.run();
    } catch (Exception | LinkageError e) {
      // Spark throws checked exceptions that it does not declare.
      return new Times(before.seconds(), e);
    }
    if (round > 0) {
      before.seconds().add((System.nanoTime() - started) / 1e9);
    }
    return before;
  }
}
