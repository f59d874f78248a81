package org.smartbert.model.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;

/**
 * The tensors of a network with their shapes, layer by layer. The only place that defines tensor
 * names.
 */
public record CheckpointNames(BertConfig config) {
  /** The products over all tokens. */
  private static final String LARGE_PRODUCT =
      "bert\\.encoder\\.layer\\.\\d+\\.(attention\\.self\\.(query|key|value)|(attention\\.output"
          + "|intermediate|output)\\.dense)\\.weight|(gates|classifiers)\\.\\d+\\.projection\\.weight";

  /** A tensor's name and dimensions, outermost first. */
  public record TensorSpec(String name, List<Long> shape) {
    public int size() {
      return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }

    /** Whether AdamW leaves it undecayed: biases and LayerNorm. */
    public boolean undecayed() {
      return shape.size() == 1;
    }
  }

  public List<TensorSpec> backbone() {
    List<TensorSpec> specs = new ArrayList<>();
    long h = config.hiddenSize();
    long f = config.intermediateSize();
    String embeddings = "bert.embeddings.";
    specs.add(spec(embeddings + "word_embeddings.weight", config.vocabSize(), h));
    specs.add(spec(embeddings + "position_embeddings.weight", config.maxPositions(), h));
    specs.add(spec(embeddings + "token_type_embeddings.weight", config.tokenTypes(), h));
    pair(specs, embeddings + "LayerNorm", h);
    for (int i = 0; i < config.layers(); i++) {
      String layer = "bert.encoder.layer." + i + ".";
      pair(specs, layer + "attention.self.query", h, h);
      pair(specs, layer + "attention.self.key", h, h);
      pair(specs, layer + "attention.self.value", h, h);
      pair(specs, layer + "attention.output.dense", h, h);
      pair(specs, layer + "attention.output.LayerNorm", h);
      pair(specs, layer + "intermediate.dense", f, h);
      pair(specs, layer + "output.dense", h, f);
      pair(specs, layer + "output.LayerNorm", h);
    }
    return specs;
  }

  /** Gate i, from 0. */
  public List<TensorSpec> gate(int i) {
    List<TensorSpec> specs = new ArrayList<>();
    attention(specs, "gates." + i + ".");
    pair(specs, "gates." + i + ".output", 1, config.heads().size());
    return specs;
  }

  /** Classifier i, from 0, without its contrast head. */
  public List<TensorSpec> classifier(int i) {
    List<TensorSpec> specs = new ArrayList<>();
    boolean attends =
        config.mechanism().classifier(i, config.layers()) == Method.Classifier.ATTENTION;
    long a = attends ? config.heads().size() : config.hiddenSize();
    if (attends) {
      attention(specs, "classifiers." + i + ".");
    }
    pair(specs, "classifiers." + i + ".dense", a, a);
    pair(specs, "classifiers." + i + ".output", config.classes(), a);
    return specs;
  }

  private void attention(List<TensorSpec> specs, String prefix) {
    long a = config.heads().size();
    pair(specs, prefix + "projection", a, config.hiddenSize());
    pair(specs, prefix + "attention.query", a, a);
    pair(specs, prefix + "attention.key", a, a);
    pair(specs, prefix + "attention.value", a, a);
  }

  /** The first stage's contrast head on X^(i+1), i from 0. */
  public List<TensorSpec> layerContrast(int i) {
    return contrast("contrast." + i + ".", config.hiddenSize());
  }

  /** The second stage's contrast head on classifier i's attention, i from 0. */
  public List<TensorSpec> classifierContrast(int i) {
    return contrast("classifiers." + i + ".contrast.", config.heads().size());
  }

  private List<TensorSpec> contrast(String prefix, long in) {
    long a = config.heads().size();
    List<TensorSpec> specs = new ArrayList<>();
    pair(specs, prefix + "0", a, in);
    pair(specs, prefix + "1", a);
    pair(specs, prefix + "3", a, a);
    return specs;
  }

  /** All gates, where there are any. */
  public List<TensorSpec> gates() {
    return IntStream.range(0, config.mechanism().skips() ? config.layers() : 0)
        .mapToObj(this::gate)
        .flatMap(List::stream)
        .toList();
  }

  /** What an exported model holds. */
  public List<TensorSpec> model() {
    List<TensorSpec> specs = new ArrayList<>(backbone());
    specs.addAll(gates());
    for (int i = 0; i < config.layers(); i++) {
      if (config.mechanism().classifies(i, config.layers())) {
        specs.addAll(classifier(i));
      }
    }
    return specs;
  }

  /** The weights that a quantised model holds as 8-bit integers, with one scale an output. */
  public List<String> int8Weights() {
    return model().stream()
        .map(TensorSpec::name)
        .filter(name -> name.matches(LARGE_PRODUCT))
        .toList();
  }

  /** The scales of what a quantised model's products take in; query, key and value share one. */
  public List<TensorSpec> inputScales() {
    return int8Weights().stream()
        .map(name -> name.replaceFirst("\\.(query|key|value)\\.weight$", ".weight"))
        .distinct()
        .map(name -> spec(name.replaceFirst("weight$", "input_scale")))
        .toList();
  }

  private static void pair(List<TensorSpec> specs, String name, long... shape) {
    specs.add(spec(name + ".weight", shape));
    specs.add(spec(name + ".bias", shape[0]));
  }

  private static TensorSpec spec(String name, long... shape) {
    return new TensorSpec(name, Arrays.stream(shape).boxed().toList());
  }
}
