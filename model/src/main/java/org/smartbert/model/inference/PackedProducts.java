package org.smartbert.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * Whether oneDNN's products with packed weights are right on this processor: wrong ones were seen
 * where cache sizes are hidden, with outputs that are no multiple of 64.
 *
 * @param scope owner of what is made
 */
record PackedProducts(TorchScript script, NDManager scope) {
  private static final Logger log = LoggerFactory.getLogger(PackedProducts.class);

  /** Shares of the largest value; a wrong kernel is wrong by about 1. */
  private static final float LARGEST_ERROR_FP32 = 1e-3f;

  private static final float LARGEST_ERROR_ROUNDED = 0.05f;

  /** Shapes that were logged; a network has many weights of each. */
  private static final Set<String> WRONG_SHAPES = ConcurrentHashMap.newKeySet();

  /** Whether a weight's product is right; logged once a shape where it is not. */
  boolean isRight(NDArray packed, NDArray weight, Precision precision) {
    float error = error("packed_error", packed, weight);
    if (error <= (precision == Precision.FP32 ? LARGEST_ERROR_FP32 : LARGEST_ERROR_ROUNDED)) {
      return true;
    }
    if (WRONG_SHAPES.add(weight.getShape() + " " + precision)) {
      log.warn(
          "oneDNN's product with weights of shape {} in {} is wrong on this processor (by {} of the"
              + " largest value); libtorch's own kernel computes it",
          weight.getShape(),
          precision,
          error);
    }
    return false;
  }

  /**
   * There is no other kernel for int8.
   *
   * @param product its name
   */
  void requireRightInt8(NDList packed, NDArray weight, String product) {
    float error = error("packed_int8_error", packed.get(0), packed.get(1), packed.get(2), weight);
    if (!(error <= LARGEST_ERROR_ROUNDED)) {
      throw new InvalidInputException(
          "oneDNN's int8 product with the weight of %s is wrong on this processor (by %s of the"
              + " largest value); choose --precision fp32 or bf16.",
          product, error);
    }
  }

  private float error(String method, Object... arguments) {
    try (NDList error = script.call(Mode.INFERENCE, scope, method, arguments)) {
      return error.get(0).toFloatArray()[0];
    }
  }
}
