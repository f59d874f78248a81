package org.smartbert.bench.exits;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Rules judged on rows that did not choose them: the rows are divided in two at random, each half
 * chooses for the other, many times over.
 *
 * @param rows all
 * @param layers of the network
 * @param divisions how often the rows are divided
 */
record CrossFit(List<RecordedRow> rows, int layers, int divisions, long seed) {
  /** A way to choose a rule. */
  interface Chooser {
    Optional<ExitRule> choose(Choice choice, double budget);
  }

  /**
   * The mean over divisions.
   *
   * @param accuracy on rows that did not choose
   * @param cost on these rows; what was chosen within a budget may be above it here
   */
  record Mean(double accuracy, double cost) {}

  /** By budget; empty where a half found no rule within it. */
  List<Optional<Mean>> run(Chooser chooser, List<Double> budgets) {
    List<Function<Double, Optional<Sums>>> halves =
        IntStream.range(0, divisions).boxed().flatMap(d -> halves(chooser, d).stream()).toList();
    return budgets.stream().map(budget -> mean(halves, budget)).toList();
  }

  private static Optional<Mean> mean(List<Function<Double, Optional<Sums>>> halves, double budget) {
    List<Optional<Sums>> sums = halves.parallelStream().map(half -> half.apply(budget)).toList();
    if (sums.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    return Optional.of(
        new Mean(
            sums.stream().mapToDouble(s -> s.get().accuracy()).average().orElseThrow(),
            sums.stream().mapToDouble(s -> s.get().cost()).average().orElseThrow()));
  }

  private List<Function<Double, Optional<Sums>>> halves(Chooser chooser, int division) {
    List<RecordedRow> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(seed + division));
    List<RecordedRow> one = shuffled.subList(0, shuffled.size() / 2);
    List<RecordedRow> other = shuffled.subList(shuffled.size() / 2, shuffled.size());
    return List.of(half(chooser, one, other), half(chooser, other, one));
  }

  private Function<Double, Optional<Sums>> half(
      Chooser chooser, List<RecordedRow> choosing, List<RecordedRow> judging) {
    Choice choice = new Choice(choosing, layers);
    return budget -> chooser.choose(choice, budget).map(rule -> Sums.of(rule, judging));
  }
}
