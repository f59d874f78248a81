package org.smartbert.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * One float32 vector of all tensors of a layout.
 *
 * @param tensor in libtorch's own memory, which is aligned to cache lines
 */
record FlatVector(TorchScript script, ParameterLayout layout, NDArray tensor) {
  /** A vector of zeros, which the manager owns. */
  static FlatVector zeros(TorchScript script, ParameterLayout layout, NDManager manager) {
    Shape shape = new Shape(layout.size());
    return new FlatVector(script, layout, manager.zeros(shape, DataType.FLOAT32));
  }

  /**
   * Takes over the tensors' values, without another vector on the way to the processor's memory.
   */
  void fill(Map<String, HostTensor> from) {
    if (!tensor.getDevice().isGpu()) {
      layout.flatten(from, memory());
      return;
    }
    try (NDManager host = NDManager.newBaseManager(TorchDevice.CPU.djl())) {
      FlatVector there = zeros(script, layout, host);
      there.fill(from);
      boolean copy = true;
      NDArray here = there.tensor.toDevice(tensor.getDevice(), copy);
      script.call(Mode.CONSTANT, host, "assign", tensor, here);
    }
  }

  /** The values as they stand; in the processor's memory they are the vector's own. */
  Map<String, HostTensor> inPlace() {
    return layout.unflatten(memory());
  }

  /** A copy of the values, which outlives the vector. */
  Map<String, HostTensor> copy() {
    Map<String, HostTensor> copies = new LinkedHashMap<>();
    inPlace().forEach((name, values) -> copies.put(name, values.copy()));
    return copies;
  }

  private FloatBuffer memory() {
    if (tensor.getDevice().isGpu()) {
      return FloatBuffer.wrap(tensor.toFloatArray());
    }
    boolean direct = true;
    return tensor.toByteBuffer(direct).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }
}
