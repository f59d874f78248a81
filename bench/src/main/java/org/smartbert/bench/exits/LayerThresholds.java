package org.smartbert.bench.exits;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.smartbert.model.inference.Answer;

/** A threshold of entropy for each layer, in nats; a classifier with 0 is not asked. */
final class LayerThresholds implements ExitRule {
  private final double[] thresholds;

  LayerThresholds(double[] thresholds) {
    this.thresholds = thresholds.clone();
  }

  /** The same with another threshold of one layer, from 1. */
  LayerThresholds with(int layer, double threshold) {
    double[] changed = thresholds.clone();
    changed[layer - 1] = threshold;
    return new LayerThresholds(changed);
  }

  @Override
  public boolean leaves(List<Answer> answers) {
    Answer now = ExitRule.now(answers);
    return now.entropy() < thresholds[now.layer() - 1];
  }

  @Override
  public boolean asks(int layer) {
    return thresholds[layer - 1] > 0;
  }

  @Override
  public String describe() {
    return Arrays.stream(thresholds)
        .mapToObj(s -> String.format(Locale.ROOT, "%s", s))
        .collect(Collectors.joining(" "));
  }
}
