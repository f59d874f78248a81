package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/** What a training stage minimises. */
interface Objective {
  /** A batch's loss and this worker's share of its gradient. */
  record Evaluation(LossTerms terms, NDArray gradient) {}

  /**
   * Evaluates one global batch.
   *
   * @param scope owner of the gradient
   * @param weights trained and frozen weights by name, trained ones with their graph
   * @param trained the flat vector that the gradient is taken for
   * @param rows this worker's share
   * @param globalRows rows of the batch over all workers
   */
  Evaluation evaluate(
      NDManager scope, IValue weights, NDArray trained, List<LabelledText> rows, int globalRows);
}
