package org.smartbert.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchScript;

/**
 * A model's weights as the engine's calls take them: one dictionary for the embeddings and for each
 * layer, gate and classifier, with the large matrices in oneDNN's own layout. Immutable after
 * construction, so all tasks of a process share one. Owner of its native tensors.
 */
final class PackedWeights implements AutoCloseable {
  private static final List<String> ENCODER_LINEARS =
      List.of("attention.output.dense", "intermediate.dense", "output.dense");

  private final NDManager manager = NDManager.newBaseManager();
  private final Precision precision;
  private final TorchScript script;
  private final Map<String, HostTensor> source;
  private final IValue embeddings;
  private final List<IValue> layers = new ArrayList<>();
  private final List<IValue> gates = new ArrayList<>();
  private final List<IValue> classifiers = new ArrayList<>();

  PackedWeights(
      BertConfig config, Map<String, HostTensor> source, TorchScript script, Precision precision) {
    this.script = script;
    this.source = source;
    this.precision = precision;
    this.embeddings = TorchScript.dictionary(embeddingTables());
    for (int i = 0; i < config.layers(); i++) {
      layers.add(TorchScript.dictionary(encoderLayer("bert.encoder.layer." + i + ".")));
      gates.add(TorchScript.dictionary(head("gates." + i + ".")));
      classifiers.add(TorchScript.dictionary(head("classifiers." + i + ".")));
    }
  }

  Precision precision() {
    return precision;
  }

  IValue embeddings() {
    return embeddings;
  }

  /** Layer {@code i}, counted from 0. */
  IValue layer(int i) {
    return layers.get(i);
  }

  IValue gate(int i) {
    return gates.get(i);
  }

  IValue classifier(int i) {
    return classifiers.get(i);
  }

  /** Float32 at any precision: a sum of look-ups, of which the norm's result is rounded once. */
  private Map<String, NDArray> embeddingTables() {
    Map<String, NDArray> weights = new LinkedHashMap<>();
    source.forEach(
        (name, tensor) -> {
          if (name.startsWith("bert.embeddings.")) {
            weights.put(
                name, manager.create(tensor.values().duplicate(), new Shape(tensor.dimensions())));
          }
        });
    return weights;
  }

  private Map<String, NDArray> encoderLayer(String prefix) {
    Map<String, NDArray> weights = new LinkedHashMap<>();
    for (String part : List.of("weight", "bias")) {
      List<HostTensor> three =
          List.of(
              tensor(prefix + "attention.self.query." + part),
              tensor(prefix + "attention.self.key." + part),
              tensor(prefix + "attention.self.value." + part));
      try (NDManager scratch = manager.newSubManager()) {
        NDArray joined = cast(scratch, concatenate(scratch, three));
        NDArray kept = part.equals("weight") ? pack(joined) : joined;
        kept.attach(manager);
        weights.put("attention.self.qkv." + part, kept);
      }
    }
    for (String name : ENCODER_LINEARS) {
      weights.put(name + ".weight", packed(prefix + name + ".weight"));
      weights.put(name + ".bias", onDevice(tensor(prefix + name + ".bias")));
    }
    for (String norm : List.of("attention.output.LayerNorm", "output.LayerNorm")) {
      weights.put(norm + ".weight", onDevice(tensor(prefix + norm + ".weight")));
      weights.put(norm + ".bias", onDevice(tensor(prefix + norm + ".bias")));
    }
    return weights;
  }

  /** A gate or classifier: the projection sees every token and is packed, the rest sees [CLS]. */
  private Map<String, NDArray> head(String prefix) {
    Map<String, NDArray> weights = new LinkedHashMap<>();
    source.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix) && !name.contains(".contrast.")) {
            weights.put(name.substring(prefix.length()), onDevice(tensor));
          }
        });
    NDArray projection = weights.get("projection.weight");
    weights.put("projection.weight", pack(projection));
    projection.close();
    return weights;
  }

  private NDArray packed(String name) {
    try (NDArray weight = onDevice(tensor(name))) {
      return pack(weight);
    }
  }

  private NDArray pack(NDArray weight) {
    return Kernels.current() == Kernels.ONEDNN
        ? script.call(TorchScript.Mode.INFERENCE, manager, "pack", weight).get(0)
        : script.call(TorchScript.Mode.INFERENCE, manager, "copy", weight).get(0);
  }

  private NDArray concatenate(NDManager scratch, List<HostTensor> parts) {
    NDArray joined = null;
    for (HostTensor part : parts) {
      NDArray next = scratch.create(part.values().duplicate(), new Shape(part.dimensions()));
      joined = joined == null ? next : joined.concat(next, 0);
    }
    return joined;
  }

  private NDArray onDevice(HostTensor tensor) {
    try (NDManager scratch = manager.newSubManager()) {
      NDArray value = scratch.create(tensor.values().duplicate(), new Shape(tensor.dimensions()));
      NDArray kept = cast(scratch, value);
      kept.attach(manager);
      return kept;
    }
  }

  /** DJL's own conversion does not know bfloat16. */
  private NDArray cast(NDManager scope, NDArray value) {
    return precision == Precision.FP32
        ? value
        : script
            .call(TorchScript.Mode.INFERENCE, scope, "cast", value, precision.scalarType())
            .get(0);
  }

  private HostTensor tensor(String name) {
    HostTensor tensor = source.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("The weights have no tensor " + name);
    }
    return tensor;
  }

  @Override
  public void close() {
    embeddings.close();
    layers.forEach(IValue::close);
    gates.forEach(IValue::close);
    classifiers.forEach(IValue::close);
    manager.close();
  }
}
