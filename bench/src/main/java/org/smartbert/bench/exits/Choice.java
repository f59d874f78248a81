package org.smartbert.bench.exits;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Chooses, on some rows, a family's most accurate rule within a budget. */
final class Choice {
  private final List<RecordedRow> rows;
  private final int layers;
  private final Map<Family, List<Judged>> judged = new HashMap<>();

  private record Judged(ExitRule rule, Sums sums) {}

  Choice(List<RecordedRow> rows, int layers) {
    this.rows = rows;
    this.layers = layers;
  }

  /** The most accurate rule that costs at most the budget, the cheapest of equals. */
  Optional<ExitRule> of(Family family, double budget) {
    return best(judged.computeIfAbsent(family, this::judge), budget).map(Judged::rule);
  }

  /**
   * A threshold for each layer: from the best single one, each layer's is changed to what makes the
   * rule more accurate, or as accurate and cheaper, within the budget, until none does.
   */
  Optional<ExitRule> byLayer(double budget) {
    return best(judged.computeIfAbsent(Family.FROM_LAYER, this::judge), budget)
        .map(start -> climb(start, budget).rule());
  }

  private Judged climb(Judged start, double budget) {
    Judged best = start;
    boolean better = true;
    while (better) {
      better = false;
      for (int layer = 1; layer < layers; layer++) {
        List<Judged> candidates = new ArrayList<>(List.of(best));
        LayerThresholds rule = (LayerThresholds) best.rule();
        candidates.add(judge(rule.with(layer, 0)));
        for (double threshold : Family.THRESHOLDS) {
          candidates.add(judge(rule.with(layer, threshold)));
        }
        Judged found = best(candidates, budget).orElse(best);
        better |= !found.equals(best);
        best = found;
      }
    }
    return best;
  }

  private List<Judged> judge(Family family) {
    // Full depth is open to all.
    ExitRule never = new LayerThresholds(new double[layers]);
    return Stream.concat(Stream.of(never), family.rules(layers).stream()).map(this::judge).toList();
  }

  private Judged judge(ExitRule rule) {
    return new Judged(rule, Sums.of(rule, rows));
  }

  /** The first of the best ones. */
  private static Optional<Judged> best(List<Judged> candidates, double budget) {
    Judged best = null;
    for (Judged candidate : candidates) {
      if (candidate.sums().cost() <= budget && (best == null || isBetter(candidate, best))) {
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  private static boolean isBetter(Judged one, Judged other) {
    int compared = Double.compare(one.sums().accuracy(), other.sums().accuracy());
    return compared > 0 || (compared == 0 && one.sums().cost() < other.sums().cost());
  }
}
