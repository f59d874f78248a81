package org.smartbert.model.reference;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Weights under a prefix of the checkpoint's names: {@code bert.encoder.layer.3.} and below. */
public record Weights(Map<String, NDArray> all, String prefix) {
  public Weights(Map<String, NDArray> all) {
    this(all, "");
  }

  public Weights in(String name) {
    return new Weights(all, prefix + name + ".");
  }

  public Weights in(int index) {
    return in(Integer.toString(index));
  }

  public NDArray tensor(String name) {
    NDArray tensor = all.get(prefix + name);
    if (tensor == null) {
      throw new IllegalArgumentException("The weights have no tensor " + prefix + name);
    }
    return tensor;
  }

  /** x W^T + b: [N, in] to [N, out]. */
  public NDArray linear(String name, NDArray x) {
    NDArray transposed = tensor(name + ".weight").transpose();
    transposed.attach(x.getManager());
    return x.matMul(transposed).add(tensor(name + ".bias"));
  }

  /** The rows of a table at {@code indices} [N]: [N, H], owned by the indices' manager. */
  public NDArray lookUp(String name, NDArray indices) {
    NDArray rows = tensor(name).get(indices);
    rows.attach(indices.getManager());
    return rows;
  }

  /** Normalises the last axis to mean 0 and variance 1, then scales and shifts. */
  public NDArray layerNorm(String name, NDArray x, double eps) {
    NDArray centred = x.sub(x.mean(new int[] {1}, true));
    NDArray variance = centred.mul(centred).mean(new int[] {1}, true);
    return centred
        .div(variance.add(eps).sqrt())
        .mul(tensor(name + ".weight"))
        .add(tensor(name + ".bias"));
  }
}
