package org.smartbert.model.bert;

import java.util.List;

/**
 * The configuration of a model, as its config.json states it.
 *
 * @param embeddings the embedding tables
 * @param encoder the encoder layers
 * @param training what only training uses
 * @param lowerCase whether the tokenizer lower-cases and strips accents
 * @param labels the class names in the order of the logits; empty in a backbone without a task
 * @param heads the gates and classifiers
 */
public record BertConfig(
    Embeddings embeddings,
    Encoder encoder,
    Training training,
    boolean lowerCase,
    List<String> labels,
    Heads heads) {

  public BertConfig {
    labels = List.copyOf(labels);
  }

  /**
   * The number of rows of each embedding table.
   *
   * @param words {@code vocab_size}
   * @param positions the maximum sequence length in tokens
   * @param tokenTypes {@code type_vocab_size}
   */
  public record Embeddings(int words, int positions, int tokenTypes) {}

  /**
   * The encoder layers.
   *
   * @param layers L
   * @param hiddenSize H
   * @param attentionHeads heads of an encoder layer; divides H
   * @param intermediateSize F
   * @param layerNormEps epsilon of every LayerNorm, the embeddings' included
   */
  public record Encoder(
      int layers, int hiddenSize, int attentionHeads, int intermediateSize, double layerNormEps) {
    /** The standard epsilon of BERT's LayerNorm. */
    public static final double LAYER_NORM_EPS = 1e-12;
  }

  /**
   * Regularisation and initialisation.
   *
   * @param hiddenDropout dropout after the embeddings and on both sub-layer outputs
   * @param attentionDropout dropout on attention probabilities
   * @param initializerRange standard deviation of new weights
   */
  public record Training(double hiddenDropout, double attentionDropout, double initializerRange) {
    /** BERT's values, and those of a config.json that states none. */
    public static final Training DEFAULT = new Training(0.1, 0.1, 0.02);
  }

  /**
   * What SmartBERT adds (the {@code smartbert} object of config.json).
   *
   * @param size A, the width of gates, classifiers and contrast heads
   * @param gateHeads attention heads of a skipping gate; divides A
   * @param classifierHeads attention heads of an exit classifier; divides A
   * @param skipThreshold a layer is skipped if the gate's probability is at least this
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

    Heads with(Method.Mechanism changed) {
      return new Heads(size, gateHeads, classifierHeads, skipThreshold, changed);
    }
  }

  /** V, the number of rows of the word embedding. */
  public int vocabSize() {
    return embeddings.words();
  }

  /** The maximum sequence length in tokens. */
  public int maxPositions() {
    return embeddings.positions();
  }

  /** The number of rows of the token type embedding. */
  public int tokenTypes() {
    return embeddings.tokenTypes();
  }

  /** L, the number of encoder layers. */
  public int layers() {
    return encoder.layers();
  }

  /** H, the width of a hidden state. */
  public int hiddenSize() {
    return encoder.hiddenSize();
  }

  /** The number of attention heads of an encoder layer. */
  public int attentionHeads() {
    return encoder.attentionHeads();
  }

  /** F, the width of the feed-forward sub-layer. */
  public int intermediateSize() {
    return encoder.intermediateSize();
  }

  /** The epsilon of every LayerNorm. */
  public double layerNormEps() {
    return encoder.layerNormEps();
  }

  /** The method, and which of its parts the network has. */
  public Method.Mechanism mechanism() {
    return heads.mechanism();
  }

  /** C, the number of classes. */
  public int classes() {
    return labels.size();
  }

  public BertConfig with(Embeddings changed) {
    return new BertConfig(changed, encoder, training, lowerCase, labels, heads);
  }

  public BertConfig with(Training changed) {
    return new BertConfig(embeddings, encoder, changed, lowerCase, labels, heads);
  }

  public BertConfig with(Heads changed) {
    return new BertConfig(embeddings, encoder, training, lowerCase, labels, changed);
  }

  public BertConfig withLabels(List<String> changed) {
    return new BertConfig(embeddings, encoder, training, lowerCase, changed, heads);
  }

  public BertConfig withLayers(int changed) {
    Encoder resized =
        new Encoder(
            changed,
            encoder.hiddenSize(),
            encoder.attentionHeads(),
            encoder.intermediateSize(),
            encoder.layerNormEps());
    return new BertConfig(embeddings, resized, training, lowerCase, labels, heads);
  }

  public BertConfig withMechanism(Method.Mechanism changed) {
    return with(heads.with(changed));
  }
}
