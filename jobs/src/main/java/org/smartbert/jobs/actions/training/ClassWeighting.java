package org.smartbert.jobs.actions.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.training.ClassWeights;

/** What each class weighs in the loss. */
public sealed interface ClassWeighting {
  /** All classes weigh 1. */
  record Equal() implements ClassWeighting {}

  /** Classes weigh more the fewer rows they have. */
  record Balanced() implements ClassWeighting {}

  /** Some labels by name; the others weigh 1. */
  record ByLabel(Map<String, Double> weights) implements ClassWeighting {
    public ByLabel {
      weights = Map.copyOf(weights);
    }
  }

  /**
   * Weights in the labels' order; empty where all weigh 1.
   *
   * @param rowsByClass training rows of each class, counted only where they are needed
   * @throws InvalidInputException for a label that the rows do not have, or a weight not above 0
   */
  default List<Double> of(List<String> labels, Supplier<List<Long>> rowsByClass) {
    if (this instanceof Balanced) {
      return ClassWeights.balanced(rowsByClass.get());
    }
    if (!(this instanceof ByLabel named) || named.weights().isEmpty()) {
      return List.of();
    }
    List<Double> weights = new ArrayList<>(Collections.nCopies(labels.size(), 1.0));
    named
        .weights()
        .forEach(
            (label, weight) -> {
              int index = labels.indexOf(label);
              // A batch of rows that all weigh 0 would have no loss at all.
              if (index < 0 || !(weight > 0)) {
                throw new InvalidInputException(
                    "--class-weights holds %s=%s; it takes LABEL=WEIGHT with one of the labels %s"
                        + " and a weight above 0, or the word balanced.",
                    label, weight, String.join(", ", labels));
              }
              weights.set(index, weight);
            });
    return weights;
  }
}
