package org.smartbert.model.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.Precision;

/**
 * A model's weights as the engine's calls take them: one dictionary for the embeddings and for each
 * layer, gate and classifier, with the large matrices in oneDNN's own layout. Immutable, so all
 * tasks of a process share one. Owner of its native tensors. Made by {@link WeightPacker}.
 */
final class PackedWeights implements AutoCloseable {
  /**
   * The dictionaries of a network.
   *
   * @param layers L of them
   * @param gates L, or none in a network without gates
   * @param classifiers by layer, from 0, where there is one
   */
  record Dictionaries(
      IValue embeddings,
      List<IValue> layers,
      List<IValue> gates,
      Map<Integer, IValue> classifiers) {
    void close() {
      embeddings.close();
      layers.forEach(IValue::close);
      gates.forEach(IValue::close);
      classifiers.values().forEach(IValue::close);
    }
  }

  private final NDManager manager;
  private final Precision precision;
  private final Dictionaries dictionaries;
  private final double[] inputScales;
  private final Map<String, NDArray> observed;
  private final long bytes;

  /**
   * @param manager owner of all tensors
   * @param inputScales of X^0 to X^L; 0 where none is needed
   * @param observed by the name of the product's input scale, the largest input that it saw; empty
   *     but for calibration
   * @param bytes of native memory, about
   */
  PackedWeights(
      NDManager manager,
      Precision precision,
      Dictionaries dictionaries,
      double[] inputScales,
      Map<String, NDArray> observed,
      long bytes) {
    this.manager = manager;
    this.precision = precision;
    this.dictionaries = dictionaries;
    this.inputScales = inputScales;
    this.observed = observed;
    this.bytes = bytes;
  }

  /** What a calibration has seen, by the name of the product's input scale in a checkpoint. */
  Map<String, Float> largestInputs() {
    Map<String, Float> largest = new LinkedHashMap<>();
    observed.forEach((name, tensor) -> largest.put(name, tensor.toFloatArray()[0]));
    return largest;
  }

  Precision precision() {
    return precision;
  }

  long bytes() {
    return bytes;
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
    return inputScales[i];
  }

  IValue embeddings() {
    return dictionaries.embeddings();
  }

  /** Layer {@code i}, counted from 0. */
  IValue layer(int i) {
    return dictionaries.layers().get(i);
  }

  /** Gate {@code i}, from 0, of a network that has gates. */
  IValue gate(int i) {
    return dictionaries.gates().get(i);
  }

  /** Classifier {@code i}, from 0, where there is one. */
  IValue classifier(int i) {
    return dictionaries.classifiers().get(i);
  }

  @Override
  public void close() {
    dictionaries.close();
    manager.close();
  }
}
