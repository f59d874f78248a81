package org.smartbert.jobs.actions.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.actions.evaluation.Scores;
import org.smartbert.model.training.Metric;

class ThresholdChoiceTest {
  private static List<ThresholdChoice> choices(double... accuracies) {
    List<Evaluation.Line> lines = new ArrayList<>();
    for (int i = accuracies.length - 1; i >= 0; i--) {
      Scores scores = new Scores(accuracies[i], accuracies[i], accuracies[i]);
      lines.add(
          new Evaluation.Line(null, i / 8f, null, Map.of(Metric.ACCURACY, scores), null, null));
    }
    return ThresholdChoice.of(lines);
  }

  @Test
  void eachIsTheLargestThatLosesNoMoreThanItsPoints() {
    assertThat(choices(0.80, 0.81, 0.785, 0.797, 0.792, 0.77))
        .containsExactly(
            new ThresholdChoice(3 / 8f, 0.797, 0.80), new ThresholdChoice(4 / 8f, 0.792, 0.80));
  }

  @Test
  void theCheapOneIsAlwaysTheLarger() {
    assertThat(choices(0.80, 0.80, 0.70, 0.60))
        .extracting(ThresholdChoice::threshold)
        .containsExactly(1 / 8f, 2 / 8f);
    assertThat(choices(0.80, 0.80, 0.80))
        .extracting(ThresholdChoice::threshold)
        .containsExactly(1 / 8f, 2 / 8f);
  }
}
