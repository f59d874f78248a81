package org.smartbert.model.inference;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smartbert.model.Precision;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/** Which matrix kernels inference uses. */
enum Kernels {
  /** oneDNN with packed weights: uses all of an x86-64 processor, AMD's too. */
  ONEDNN,
  /** libtorch's own. */
  PLAIN;

  private static final Logger log = LoggerFactory.getLogger(Kernels.class);
  private static final int SIZE = 16;

  private static final Map<Precision, Kernels> OF_PROCESSOR = new EnumMap<>(Precision.class);

  /** The best that a device has; logged, for a processor once a process and precision. */
  static Kernels of(Precision precision, TorchDevice device) {
    if (device.isGpu()) {
      log.info("Inference kernels in {}: libtorch on GPU {}", name(precision), device.gpu());
      return PLAIN;
    }
    synchronized (OF_PROCESSOR) {
      return OF_PROCESSOR.computeIfAbsent(precision, Kernels::probe);
    }
  }

  /** Whether oneDNN computes small products: it detects what this processor lacks. */
  private static Kernels probe(Precision precision) {
    try (TorchScript script = TorchScript.inference();
        NDManager scope = NDManager.newBaseManager(TorchDevice.CPU.djl())) {
      NDArray input = scope.ones(new Shape(SIZE, SIZE));
      Map<String, NDArray> linear = new HashMap<>();
      if (precision == Precision.INT8) {
        NDList packed = script.call(Mode.INFERENCE, scope, "pack_int8", input);
        linear.put("p.weight", packed.get(0));
        linear.put("p.weight_scale", packed.get(1));
        linear.put("p.weight_zero", packed.get(2));
        linear.put("p.bias", scope.zeros(new Shape(SIZE)));
        linear.put("p.input_scale", scope.create(1f));
        linear.put("p.output_scale", scope.create(1f));
      } else {
        int type = precision.scalarType();
        NDList bias =
            script.call(Mode.INFERENCE, scope, "cast", scope.zeros(new Shape(SIZE)), type);
        input = script.call(Mode.INFERENCE, scope, "cast", input, type).get(0);
        linear.put("p.weight", script.call(Mode.INFERENCE, scope, "pack", input).get(0));
        linear.put("p.bias", bias.get(0));
      }
      try (IValue weights = TorchScript.dictionary(linear)) {
        script.call(Mode.INFERENCE, scope, "products", input, weights);
      }
      log.info(
          "Inference kernels in {}: oneDNN, packed weights; bfloat16 instructions: {}, VNNI: {}",
          name(precision),
          Processor.knowsBfloat16() ? "yes" : "no",
          Processor.knowsVnni() ? "yes" : "no");
      if (precision == Precision.INT8 && !Processor.knowsVnni()) {
        log.warn("This processor has no VNNI instructions: int8 is less exact here than elsewhere");
      }
      return ONEDNN;
    } catch (EngineException e) {
      log.info(
          "Inference kernels in {}: libtorch (oneDNN's do not work here: {})",
          name(precision),
          lastLine(e));
      return PLAIN;
    }
  }

  private static String name(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** TorchScript's traceback comes first. */
  private static String lastLine(EngineException e) {
    return String.valueOf(e.getMessage())
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((before, line) -> line)
        .orElse("");
  }
}
