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
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

/**
 * A model's weights as the engine's calls take them: one dictionary for the embeddings and for each
 * layer, gate and classifier, with the large matrices in oneDNN's own layout. Immutable after
 * construction, so all tasks of a process share one. Owner of its native tensors.
 */
final class PackedWeights implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PackedWeights.class);

  /** Shares of the largest value; a wrong kernel is wrong by about 1. */
  private static final float LARGEST_ERROR_FP32 = 1e-3f;

  private static final float LARGEST_ERROR_ROUNDED = 0.05f;

  /** Shapes that were logged; a network has many weights of each. */
  private static final Set<String> WRONG_SHAPES = ConcurrentHashMap.newKeySet();

  private static final List<String> ENCODER_LINEARS =
      List.of("attention.output.dense", "intermediate.dense", "output.dense");
  private static final List<String> EMBEDDINGS = List.of("word", "token_type", "position");
  private static final List<String> NORMS =
      List.of("attention.output.LayerNorm", "output.LayerNorm");

  private final NDManager manager;
  private final Kernels kernels;
  private final Precision precision;
  private final TorchScript script;
  private final Map<String, HostTensor> source;
  private final Map<String, NDArray> observed;
  private final List<Double> inputScales = new ArrayList<>();
  private final IValue embeddings;
  private final List<IValue> layers = new ArrayList<>();
  private final List<IValue> gates = new ArrayList<>();
  private final List<IValue> classifiers = new ArrayList<>();

  /** Packs weights on a device as its kernels want them. */
  PackedWeights(
      BertConfig config,
      Map<String, HostTensor> source,
      TorchScript script,
      Precision precision,
      TorchDevice device,
      Kernels kernels) {
    this(config, source, script, precision, device, kernels, null);
  }

  private PackedWeights(
      BertConfig config,
      Map<String, HostTensor> source,
      TorchScript script,
      Precision precision,
      TorchDevice device,
      Kernels kernels,
      Map<String, NDArray> observed) {
    this.manager = NDManager.newBaseManager(device.djl());
    this.kernels = kernels;
    this.script = script;
    this.source = source;
    this.precision = precision;
    this.observed = observed;
    this.embeddings = TorchScript.dictionary(embeddingTables());
    for (int i = 0; i <= config.layers(); i++) {
      inputScales.add(precision == Precision.INT8 ? scaleOfStates(i, config.layers()) : 0.0);
    }
    for (int i = 0; i < config.layers(); i++) {
      layers.add(TorchScript.dictionary(encoderLayer("bert.encoder.layer." + i + ".")));
      gates.add(config.mechanism().skips() ? head("gates." + i + ".") : null);
      boolean classifies = config.mechanism().classifies(i, config.layers());
      classifiers.add(classifies ? head("classifiers." + i + ".") : null);
    }
  }

  /** In float32, and each large product keeps the largest absolute input that it sees. */
  static PackedWeights observing(
      BertConfig config, Map<String, HostTensor> source, TorchScript script) {
    TorchDevice device = TorchDevice.CPU;
    Kernels kernels = Kernels.of(Precision.FP32, device);
    return new PackedWeights(
        config, source, script, Precision.FP32, device, kernels, new LinkedHashMap<>());
  }

  /** By the name of the product's input scale in a checkpoint. */
  Map<String, Float> largestInputs() {
    Map<String, Float> largest = new LinkedHashMap<>();
    observed.forEach((name, tensor) -> largest.put(name, tensor.toFloatArray()[0]));
    return largest;
  }

  Precision precision() {
    return precision;
  }

  /** How attention pads: as oneDNN's bfloat16 products like it where they are used. */
  AttentionGroups attention() {
    boolean exact = precision == Precision.FP32 || manager.getDevice().isGpu();
    return exact ? AttentionGroups.EXACT : AttentionGroups.ROUNDED;
  }

  /** For the tensors of one run; the caller closes it. */
  NDManager besideWeights() {
    return NDManager.newBaseManager(manager.getDevice());
  }

  /**
   * The scale of X^i as int8 products take it in: of layer i + 1's gate, products and of classifier
   * i; 0 in other precisions.
   *
   * @param i from 0 to L
   */
  double inputScale(int i) {
    return inputScales.get(i);
  }

  IValue embeddings() {
    return embeddings;
  }

  /** Layer {@code i}, counted from 0. */
  IValue layer(int i) {
    return layers.get(i);
  }

  /** Gate {@code i}, from 0, of a network that has gates. */
  IValue gate(int i) {
    return gates.get(i);
  }

  /** Classifier {@code i}, from 0, where there is one. */
  IValue classifier(int i) {
    return classifiers.get(i);
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
   * A gate or classifier: the projection sees every token and is packed; the rest sees [CLS] and is
   * float32 at any precision, because oneDNN would compile its small products for each new shape.
   */
  private IValue head(String prefix) {
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
    return TorchScript.dictionary(weights);
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
    if (precision == Precision.INT8) {
      NDList packed = script.call(Mode.INFERENCE, manager, "pack_int8", weight);
      weights.put(name + ".weight", packed.get(0));
      weights.put(name + ".weight_scale", packed.get(1));
      weights.put(name + ".weight_zero", packed.get(2));
      requireRightInt8(packed, weight, inputScale);
      weights.put(name + ".bias", kept(bias));
      weights.put(name + ".input_scale", create(manager, tensor(inputScale)));
      return;
    }
    try (NDArray cast = cast(weight, precision.scalarType())) {
      weights.put(name + ".weight", kernels == Kernels.ONEDNN ? packed(cast) : kept(cast));
    }
    weights.put(name + ".bias", cast(bias, precision.scalarType()));
    if (observed != null) {
      NDArray seen = manager.zeros(new Shape());
      weights.put(name + ".observed", seen);
      observed.put(inputScale, seen);
    }
  }

  /**
   * A weight in oneDNN's own layout, or as it is where oneDNN's product with it is wrong: seen on a
   * processor whose cache sizes are hidden, with outputs that are no multiple of 64.
   */
  private NDArray packed(NDArray weight) {
    NDArray packed = script.call(Mode.INFERENCE, manager, "pack", weight).get(0);
    float error = error("packed_error", packed, weight);
    if (error <= (precision == Precision.FP32 ? LARGEST_ERROR_FP32 : LARGEST_ERROR_ROUNDED)) {
      return packed;
    }
    packed.close();
    if (WRONG_SHAPES.add(weight.getShape() + " " + precision)) {
      log.warn(
          "oneDNN's product with weights of shape {} in {} is wrong on this processor (by {} of the"
              + " largest value); libtorch's own kernel computes it",
          weight.getShape(),
          precision,
          error);
    }
    return kept(weight);
  }

  /** There is no other kernel for int8. */
  private void requireRightInt8(NDList packed, NDArray weight, String inputScale) {
    float error = error("packed_int8_error", packed.get(0), packed.get(1), packed.get(2), weight);
    if (!(error <= LARGEST_ERROR_ROUNDED)) {
      throw new InvalidInputException(
          "oneDNN's int8 product with the weight of %s is wrong on this processor (by %s of the"
              + " largest value); choose --precision fp32 or bf16.",
          inputScale.replace(".input_scale", ""), error);
    }
  }

  private float error(String method, Object... arguments) {
    try (NDList error = script.call(Mode.INFERENCE, manager, method, arguments)) {
      return error.get(0).toFloatArray()[0];
    }
  }

  /** 0 for X^L where the last classifier takes in the states themselves. */
  private double scaleOfStates(int i, int layers) {
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

  @Override
  public void close() {
    embeddings.close();
    layers.forEach(IValue::close);
    gates.stream().filter(Objects::nonNull).forEach(IValue::close);
    classifiers.stream().filter(Objects::nonNull).forEach(IValue::close);
    manager.close();
  }
}
