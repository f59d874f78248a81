package org.smartbert.model.training;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Processor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * Which float32 products of a training step, and of its gradient, are oneDNN's: those that libtorch
 * gives to MKL, which runs at half speed on processors that are not Intel's. In bfloat16 libtorch
 * takes oneDNN by itself.
 */
public final class TrainingProducts {
  private static final Logger log = LoggerFactory.getLogger(TrainingProducts.class);

  /** As a share of the largest value; a wrong kernel is wrong by about 1. */
  private static final float LARGEST_ERROR = 1e-3f;

  /** oneDNN's block of outputs; beside it, kernels were wrong on some processors. */
  private static final int BLOCK = 64;

  /** Shapes that were logged. */
  private static final Set<String> WRONG = ConcurrentHashMap.newKeySet();

  private TrainingProducts() {}

  /**
   * Rows and columns, in pairs, of the weights whose products are oneDNN's.
   *
   * @param script {@link TorchScript#training}
   */
  static long[] of(
      TorchScript script, TorchDevice device, Precision precision, List<ParameterLayout> layouts) {
    if (precision != Precision.FP32 || device.isGpu()) {
      return new long[0];
    }
    return layouts.stream()
        .flatMap(layout -> layout.matrixShapes().stream())
        .distinct()
        .filter(shape -> areOneDnns(script, shape.get(0), shape.get(1)))
        .flatMap(List::stream)
        .mapToLong(Long::longValue)
        .toArray();
  }

  /**
   * Whether float32 products with weights [rows, columns] are oneDNN's on this processor.
   *
   * @param script {@link TorchScript#training}
   */
  public static boolean areOneDnns(TorchScript script, long rows, long columns) {
    return rows % BLOCK == 0
        && columns % BLOCK == 0
        && Processor.hasAvx512()
        && !Processor.isIntel()
        && isRight(script, rows, columns);
  }

  private static boolean isRight(TorchScript script, long rows, long columns) {
    float error;
    try (NDManager scope = NDManager.newBaseManager(TorchDevice.CPU.djl())) {
      error = script.call(Mode.GRADIENT, scope, "product_error", rows, columns).get(0).getFloat();
    }
    if (error <= LARGEST_ERROR) {
      return true;
    }
    if (WRONG.add(rows + " x " + columns)) {
      log.warn(
          "oneDNN's product with weights of {} x {}, or its gradient, is wrong on this processor"
              + " (by {} of the largest value); libtorch's own kernel computes it",
          rows,
          columns,
          error);
    }
    return false;
  }
}
