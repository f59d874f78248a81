package org.smartbert.model.training;

import java.util.function.DoubleUnaryOperator;

/**
 * The learning rates of a step, or their peaks.
 *
 * @param backbone for BERT's own weights
 * @param heads for gates, classifiers and contrast heads
 */
record LearningRates(double backbone, double heads) {
  LearningRates map(DoubleUnaryOperator change) {
    return new LearningRates(change.applyAsDouble(backbone), change.applyAsDouble(heads));
  }
}
