package org.smartbert.model.bert;

import java.util.List;

/**
 * The sizes of a network, as config.json states them.
 *
 * @param vocabSize rows of the word embedding
 * @param hiddenSize H
 * @param layers L
 * @param attentionHeads heads of an encoder layer; divides H
 * @param intermediateSize F
 * @param maxPositions the longest row in tokens
 * @param tokenTypes rows of the token type embedding
 * @param layerNormEps epsilon of every LayerNorm
 * @param hiddenDropout dropout after the embeddings and on both sub-layer outputs
 * @param attentionDropout dropout on attention probabilities
 * @param initializerRange standard deviation of new weights
 * @param lowerCase whether the tokenizer lower-cases and strips accents
 * @param labels the class names in the order of the logits; empty in a backbone without a task
 * @param heads the sizes of gates and classifiers
 */
public record BertConfig(
    int vocabSize,
    int hiddenSize,
    int layers,
    int attentionHeads,
    int intermediateSize,
    int maxPositions,
    int tokenTypes,
    double layerNormEps,
    double hiddenDropout,
    double attentionDropout,
    double initializerRange,
    boolean lowerCase,
    List<String> labels,
    Heads heads) {

  public BertConfig {
    labels = List.copyOf(labels);
  }

  /**
   * What SmartBERT adds (the {@code smartbert} object of config.json).
   *
   * @param size A, the width of gates, classifiers and contrast heads
   * @param gateHeads attention heads of a skipping gate; divides A
   * @param classifierHeads attention heads of an exit classifier; divides A
   * @param skipThreshold a layer is skipped where the gate gives at least this
   * @param mechanism whether there are gates, and which classifiers
   */
  public record Heads(
      int size,
      int gateHeads,
      int classifierHeads,
      double skipThreshold,
      Method.Mechanism mechanism) {
    /** The paper's sizes: A = 128, 2 heads in gates, 4 in classifiers, skip from 0.5. */
    public static final Heads PAPER = new Heads(128, 2, 4, 0.5, Method.SMARTBERT.mechanism());
  }

  /** What the network is able to do. */
  public Method.Mechanism mechanism() {
    return heads.mechanism();
  }

  /** C, the number of classes. */
  public int classes() {
    return labels.size();
  }

  public BertConfig withLabels(List<String> newLabels) {
    return changed(layers, newLabels, heads);
  }

  public BertConfig withLayers(int newLayers) {
    return changed(newLayers, labels, heads);
  }

  public BertConfig withMechanism(Method.Mechanism mechanism) {
    return changed(
        layers,
        labels,
        new Heads(
            heads.size(),
            heads.gateHeads(),
            heads.classifierHeads(),
            heads.skipThreshold(),
            mechanism));
  }

  private BertConfig changed(int newLayers, List<String> newLabels, Heads newHeads) {
    return new BertConfig(
        vocabSize,
        hiddenSize,
        newLayers,
        attentionHeads,
        intermediateSize,
        maxPositions,
        tokenTypes,
        layerNormEps,
        hiddenDropout,
        attentionDropout,
        initializerRange,
        lowerCase,
        newLabels,
        newHeads);
  }
}
