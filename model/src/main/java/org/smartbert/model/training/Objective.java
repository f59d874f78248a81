package org.smartbert.model.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * What a training stage minimises, in three movements: forward on the rows at hand; sums over all
 * rows of the global batch; backward, which needs those sums.
 */
interface Objective {
  /**
   * Sends rows through the network.
   *
   * @param scope owner of the terms
   * @param weights trained and frozen weights by name
   * @param mode {@code GRADIENT} keeps the graph for {@link #gradient}
   */
  NDList forward(NDManager scope, IValue weights, TokenBatch rows, Mode mode);

  /** How many sums there are. */
  int sums();

  /** The terms' sums over their rows. */
  double[] sumsOf(NDList terms);

  /** Whether the gradient of some rows depends on the sums over all. */
  boolean gradientNeedsSums();

  /** The loss of a global batch. */
  LossTerms loss(double[] sums, int globalRows);

  /** Puts these rows' part of the gradient of the global batch's loss where it belongs. */
  void gradient(NDManager scope, NDList terms, Target target, double[] sums, int globalRows);

  /**
   * Where a gradient belongs.
   *
   * @param parts the parameters and their places in the flat gradient, as scripts take them
   * @param add whether to what is there; otherwise in its place
   */
  record Target(IValue parts, boolean add) {}
}
