package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** The weight of each class in the cross-entropies. */
public final class ClassWeights {
  private ClassWeights() {}

  /** Weights that give each class the same share of the loss; their mean over rows is 1. */
  public static List<Double> balanced(List<Long> rowsByClass) {
    double rows = rowsByClass.stream().mapToLong(Long::longValue).sum();
    return rowsByClass.stream().map(n -> rows / (rowsByClass.size() * (double) n)).toList();
  }

  static NDArray tensor(NDManager scope, List<Double> weights, int classes) {
    if (weights.isEmpty()) {
      return scope.ones(new Shape(classes));
    }
    float[] values = new float[classes];
    for (int c = 0; c < classes; c++) {
      values[c] = weights.get(c).floatValue();
    }
    return scope.create(values);
  }
}
