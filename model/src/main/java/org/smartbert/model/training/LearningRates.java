package org.smartbert.model.training;

import java.io.Serializable;
import java.util.function.DoubleUnaryOperator;

/**
 * The learning rates of a step, or their peaks.
 *
 * @param backbone for BERT's own weights
 * @param heads for gates, classifiers and contrast heads
 */
public record LearningRates(double backbone, double heads) implements Serializable {
  LearningRates map(DoubleUnaryOperator change) {
    return new LearningRates(change.applyAsDouble(backbone), change.applyAsDouble(heads));
  }
}
