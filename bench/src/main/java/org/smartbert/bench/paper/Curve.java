package org.smartbert.bench.paper;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A method on a task: metric against cost, of all seeds at one learning rate.
 *
 * @param learningRate the backbone's
 * @param seeds the lines of each seed
 */
record Curve(double learningRate, List<List<ResultLine>> seeds) {

  /**
   * All seeds at one threshold.
   *
   * @param paperCost mean over seeds, in percent of BERT as the paper counts
   */
  record Point(Mean measure, double paperCost) {}

  /** The point at a threshold; empty where a seed has no such line. */
  Optional<Point> at(float threshold) {
    List<ResultLine> lines = new ArrayList<>();
    for (List<ResultLine> seed : seeds) {
      seed.stream().filter(line -> line.threshold() == threshold).findFirst().ifPresent(lines::add);
    }
    if (lines.size() < seeds.size()) {
      return Optional.empty();
    }
    double cost =
        lines.stream()
            .mapToDouble(line -> 100 * line.compute().paperCost())
            .average()
            .orElseThrow();
    return Optional.of(new Point(mean(lines), cost));
  }

  /**
   * The best that each seed reaches with at most a share of BERT's FLOPs. The threshold is chosen
   * by the held-out rows themselves, as in the paper's figures.
   *
   * @param percent of BERT, compared with costs in whole percent, as the paper prints them
   * @return empty where a seed has no threshold so cheap
   */
  Optional<Mean> within(long percent, ToDoubleFunction<ResultLine.Compute> cost) {
    List<ResultLine> best = new ArrayList<>();
    for (List<ResultLine> seed : seeds) {
      seed.stream()
          .filter(line -> Math.round(100 * cost.applyAsDouble(line.compute())) <= percent)
          .max(Comparator.comparingDouble(line -> line.measure().value()))
          .ifPresent(best::add);
    }
    return best.size() < seeds.size() ? Optional.empty() : Optional.of(mean(best));
  }

  private static Mean mean(List<ResultLine> lines) {
    return Mean.of(lines.stream().map(ResultLine::measure).toList());
  }

  /** Mean accuracy on the rows that validate. */
  double validation() {
    return seeds.stream()
        .mapToDouble(seed -> seed.get(0).training().validation())
        .average()
        .orElseThrow();
  }
}
