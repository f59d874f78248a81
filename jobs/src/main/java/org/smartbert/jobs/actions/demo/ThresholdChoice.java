package org.smartbert.jobs.actions.demo;

import java.util.Comparator;
import java.util.List;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.model.training.Metric;

/**
 * An entropy threshold that was chosen on validation rows.
 *
 * @param accuracy on those rows
 * @param fullDepth the accuracy of full depth on them
 */
public record ThresholdChoice(float threshold, double accuracy, double fullDepth) {
  /** What is tried; 0 is full depth. */
  static final List<Float> CANDIDATES =
      List.of(
          0f, 0.05f, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1f, 1.1f, 1.2f, 1.3f,
          1.4f, 1.5f, 1.7f, 2f);

  /** Points of accuracy, in percent, that may be lost to full depth. */
  private static final double CAREFUL = 0.5;

  private static final double CHEAP = 1;

  /**
   * The careful and the cheap one: each the largest that loses no more than its points, the cheap
   * one larger than the careful one in any case.
   *
   * @param lines of one model, full depth among them
   */
  static List<ThresholdChoice> of(List<Evaluation.Line> lines) {
    List<Evaluation.Line> sorted =
        lines.stream().sorted(Comparator.comparing(Evaluation.Line::threshold)).toList();
    int careful = Math.min(largest(sorted, CAREFUL), sorted.size() - 2);
    int cheap = Math.max(largest(sorted, CHEAP), careful + 1);
    return List.of(choice(sorted, careful), choice(sorted, cheap));
  }

  private static ThresholdChoice choice(List<Evaluation.Line> sorted, int index) {
    Evaluation.Line line = sorted.get(index);
    return new ThresholdChoice(line.threshold(), accuracy(line), accuracy(sorted.get(0)));
  }

  private static int largest(List<Evaluation.Line> sorted, double points) {
    double least = accuracy(sorted.get(0)) - points / 100;
    int found = 0;
    for (int i = 0; i < sorted.size(); i++) {
      if (accuracy(sorted.get(i)) >= least) {
        found = i;
      }
    }
    return found;
  }

  private static double accuracy(Evaluation.Line line) {
    return line.scores(Metric.ACCURACY).value();
  }
}
