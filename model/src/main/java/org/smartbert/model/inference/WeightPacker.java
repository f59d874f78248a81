package org.smartbert.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
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
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * Packs the weights of a checkpoint, once: it and the float32 values that it reads are garbage
 * afterwards.
 */
final class WeightPacker {
  private static final List<String> ENCODER_LINEARS =
      List.of("attention.output.dense", "intermediate.dense", "output.dense");
  private static final List<String> EMBEDDINGS = List.of("word", "token_type", "position");
  private static final List<String> NORMS =
      List.of("attention.output.LayerNorm", "output.LayerNorm");

  /** What weights are packed for. */
  record Target(Precision precision, TorchDevice device, Kernels kernels) {
    static Target best(Precision precision, TorchDevice device) {
      return new Target(precision, device, Kernels.of(precision, device));
    }
  }

  private final BertConfig config;
  private final Map<String, HostTensor> source;
  private final TorchScript script;
  private final Precision precision;
  private final Kernels kernels;
  private final boolean observes;
  private final NDManager manager;
  private final PackedProducts products;
  private final Map<String, NDArray> observed = new LinkedHashMap<>();
  private final List<IValue> made = new ArrayList<>();
  private long bytes;

  private WeightPacker(
      BertConfig config,
      Map<String, HostTensor> source,
      TorchScript script,
      Target target,
      boolean observes) {
    this.config = config;
    this.source = source;
    this.script = script;
    this.precision = target.precision();
    this.kernels = target.kernels();
    this.observes = observes;
    this.manager = NDManager.newBaseManager(target.device().djl());
    this.products = new PackedProducts(script, manager);
  }

  /** Packs weights on a device as its kernels want them. */
  static PackedWeights pack(
      BertConfig config, Map<String, HostTensor> source, TorchScript script, Target target) {
    return new WeightPacker(config, source, script, target, false).pack();
  }

  /** In float32, and each large product records its largest absolute input. */
  static PackedWeights packObserving(
      BertConfig config, Map<String, HostTensor> source, TorchScript script) {
    Target target = Target.best(Precision.FP32, TorchDevice.CPU);
    return new WeightPacker(config, source, script, target, true).pack();
  }

  /** Frees all that was made where something fails. */
  private PackedWeights pack() {
    try {
      PackedWeights.Dictionaries dictionaries = dictionaries();
      double[] scales = new double[config.layers() + 1];
      for (int i = 0; i < scales.length && precision == Precision.INT8; i++) {
        scales[i] = scaleOfStates(i);
      }
      return new PackedWeights(manager, precision, dictionaries, scales, observed, bytes);
    } catch (RuntimeException | Error e) {
      made.forEach(IValue::close);
      manager.close();
      throw e;
    }
  }

  private PackedWeights.Dictionaries dictionaries() {
    IValue embeddings = dictionary(embeddingTables());
    List<IValue> layers = new ArrayList<>();
    List<IValue> gates = new ArrayList<>();
    Map<Integer, IValue> classifiers = new LinkedHashMap<>();
    for (int i = 0; i < config.layers(); i++) {
      layers.add(dictionary(encoderLayer("bert.encoder.layer." + i + ".")));
      if (config.mechanism().skips()) {
        gates.add(dictionary(head("gates." + i + ".")));
      }
      if (config.mechanism().classifies(i, config.layers())) {
        classifiers.put(i, dictionary(head("classifiers." + i + ".")));
      }
    }
    return new PackedWeights.Dictionaries(embeddings, layers, gates, classifiers);
  }

  private IValue dictionary(Map<String, NDArray> weights) {
    IValue dictionary = TorchScript.dictionary(weights);
    made.add(dictionary);
    return dictionary;
  }

  /**
   * Float32 at any precision: a sum of look-ups, of which the norm's result is rounded once. The
   * tables of words, types and positions stand below each other.
   */
  private Map<String, NDArray> embeddingTables() {
    Map<String, NDArray> weights = new LinkedHashMap<>();
    try (NDManager scratch = manager.newSubManager()) {
      NDList tables = new NDList();
      for (String table : EMBEDDINGS) {
        tables.add(create(scratch, tensor("bert.embeddings." + table + "_embeddings.weight")));
      }
      NDArray all = NDArrays.concat(tables);
      all.attach(manager);
      bytes += all.size() * Float.BYTES;
      weights.put("bert.embeddings.tables", all);
    }
    for (String part : List.of("weight", "bias")) {
      String name = "bert.embeddings.LayerNorm." + part;
      weights.put(name, create(manager, tensor(name)));
    }
    return weights;
  }

  private Map<String, NDArray> encoderLayer(String prefix) {
    Map<String, NDArray> weights = new LinkedHashMap<>();
    String self = prefix + "attention.self.";
    try (NDManager scratch = manager.newSubManager()) {
      putLinear(
          weights,
          "attention.self.qkv",
          joined(scratch, self, "weight"),
          joined(scratch, self, "bias"),
          self + "input_scale");
      for (String name : ENCODER_LINEARS) {
        putLinear(scratch, weights, name, prefix + name);
      }
    }
    if (precision == Precision.INT8) {
      weights.put("intermediate.dense.output_scale", weights.get("output.dense.input_scale"));
    }
    for (String norm : NORMS) {
      for (String part : List.of(".weight", ".bias")) {
        weights.put(norm + part, rounded(tensor(prefix + norm + part), precision.scalarType()));
      }
    }
    return weights;
  }

  /**
   * A gate or classifier: the projection reads every token and is packed; the rest reads [CLS] and
   * is float32 at any precision, because oneDNN would compile its small products for each new
   * shape.
   */
  private Map<String, NDArray> head(String prefix) {
    Map<String, NDArray> weights = new LinkedHashMap<>();
    source.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)
              && !name.startsWith(prefix + "projection.")
              && !name.startsWith(prefix + "contrast.")) {
            weights.put(
                name.substring(prefix.length()), rounded(tensor, Precision.FP32.scalarType()));
          }
        });
    if (source.containsKey(prefix + "projection.weight")) {
      try (NDManager scratch = manager.newSubManager()) {
        putLinear(scratch, weights, "projection", prefix + "projection");
      }
    }
    return weights;
  }

  private void putLinear(
      NDManager scratch, Map<String, NDArray> weights, String name, String checkpointName) {
    putLinear(
        weights,
        name,
        create(scratch, tensor(checkpointName + ".weight")),
        create(scratch, tensor(checkpointName + ".bias")),
        checkpointName + ".input_scale");
  }

  /** A product over all tokens, in the form that the page's {@code linear} understands. */
  private void putLinear(
      Map<String, NDArray> weights, String name, NDArray weight, NDArray bias, String inputScale) {
    bytes += weight.size() * bytesOfLargeWeights();
    if (precision == Precision.INT8) {
      NDList packed = script.call(Mode.INFERENCE, manager, "pack_int8", weight);
      weights.put(name + ".weight", packed.get(0));
      weights.put(name + ".weight_scale", packed.get(1));
      weights.put(name + ".weight_zero", packed.get(2));
      products.requireRightInt8(packed, weight, inputScale.replace(".input_scale", ""));
      weights.put(name + ".bias", kept(bias));
      weights.put(name + ".input_scale", create(manager, tensor(inputScale)));
      return;
    }
    try (NDArray cast = cast(weight, precision.scalarType())) {
      weights.put(name + ".weight", kernels == Kernels.ONEDNN ? packed(cast) : kept(cast));
    }
    weights.put(name + ".bias", cast(bias, precision.scalarType()));
    if (observes) {
      NDArray seen = manager.zeros(new Shape());
      weights.put(name + ".observed", seen);
      observed.put(inputScale, seen);
    }
  }

  /** A weight in oneDNN's own layout, or as it is where oneDNN's product with it is wrong. */
  private NDArray packed(NDArray weight) {
    NDArray packed = script.call(Mode.INFERENCE, manager, "pack", weight).get(0);
    if (products.isRight(packed, weight, precision)) {
      return packed;
    }
    packed.close();
    return kept(weight);
  }

  private int bytesOfLargeWeights() {
    return switch (precision) {
      case FP32 -> Float.BYTES;
      case BF16 -> Short.BYTES;
      case INT8 -> Byte.BYTES;
    };
  }

  /** 0 for X^L where the last classifier takes in the states themselves. */
  private double scaleOfStates(int i) {
    int layers = config.layers();
    String name =
        i == layers
            ? "classifiers." + (layers - 1) + ".projection"
            : "bert.encoder.layer." + i + ".attention.self";
    HostTensor scale = source.get(name + ".input_scale");
    return scale == null && i == layers ? 0.0 : tensor(name + ".input_scale").values().get(0);
  }

  private NDArray joined(NDManager scratch, String self, String part) {
    NDArray query = create(scratch, tensor(self + "query." + part));
    NDArray key = create(scratch, tensor(self + "key." + part));
    NDArray value = create(scratch, tensor(self + "value." + part));
    return query.concat(key, 0).concat(value, 0);
  }

  private NDArray rounded(HostTensor tensor, int scalarType) {
    try (NDArray value = create(manager, tensor)) {
      return cast(value, scalarType);
    }
  }

  private NDArray kept(NDArray value) {
    return script.call(Mode.INFERENCE, manager, "copy", value).get(0);
  }

  /** A tensor of its own. DJL's own conversion does not know bfloat16. */
  private NDArray cast(NDArray value, int scalarType) {
    return scalarType == Precision.FP32.scalarType()
        ? kept(value)
        : script.call(Mode.INFERENCE, manager, "cast", value, scalarType).get(0);
  }

  private static NDArray create(NDManager owner, HostTensor tensor) {
    return owner.create(tensor.values().duplicate(), new Shape(tensor.dimensions()));
  }

  private HostTensor tensor(String name) {
    HostTensor tensor = source.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("The weights have no tensor " + name);
    }
    return tensor;
  }
}
