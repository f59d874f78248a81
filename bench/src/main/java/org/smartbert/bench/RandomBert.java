package org.smartbert.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.inference.Quantisation;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.training.NewWeights;

/** Networks of BERT-base's sizes or smaller, with random weights. */
public final class RandomBert {
  /** Random classifiers are never sure of anything; these are, of some rows. */
  private static final float SURE = 5;

  /** Random gates would skip half of the layers; these never do. */
  private static final float NEVER_SKIP = -20;

  private RandomBert() {}

  public static BertConfig base() {
    return of(768, 12);
  }

  /** Heads of 64 and a feed-forward part of four times the width, as BERT has them. */
  public static BertConfig of(int width, int layers) {
    return new BertConfig(
        new BertConfig.Embeddings(30522, 512, 2),
        new BertConfig.Encoder(
            layers, width, width / 64, 4 * width, BertConfig.Encoder.LAYER_NORM_EPS),
        BertConfig.Training.DEFAULT,
        true,
        IntStream.range(0, 2).mapToObj(c -> "L" + c).toList(),
        BertConfig.Heads.PAPER);
  }

  public static Map<String, HostTensor> weights(BertConfig config) {
    return completed(config, Map.of());
  }

  /** Sizes and weights. */
  record Network(BertConfig config, Map<String, HostTensor> weights) {}

  /** BERT-base, random throughout. */
  static Network network() {
    return new Network(base(), weights(base()));
  }

  /** The backbone in a directory, with random gates and classifiers. */
  static Network of(Path directory) {
    ModelDirectory.Contents backbone = ModelDirectory.openBackbone(directory);
    BertConfig config = backbone.config().withLabels(List.of("no", "yes"));
    return new Network(config, completed(config, backbone.weights()));
  }

  /** A backbone's weights with random gates and classifiers. */
  private static Map<String, HostTensor> completed(
      BertConfig config, Map<String, HostTensor> backbone) {
    Map<String, HostTensor> weights = new LinkedHashMap<>(backbone);
    NewWeights.fill(weights, new CheckpointNames(config).model(), 0.06, 1);
    weights.replaceAll(RandomBert::adjusted);
    return weights;
  }

  private static HostTensor adjusted(String name, HostTensor tensor) {
    boolean classifier = name.startsWith("classifiers.") && name.endsWith(".output.weight");
    boolean gate = name.startsWith("gates.") && name.endsWith(".output.bias");
    if (!classifier && !gate) {
      return tensor;
    }
    float[] values = new float[tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = classifier ? SURE * tensor.values().get(i) : NEVER_SKIP;
    }
    return HostTensor.of(name, values, tensor.dimensions());
  }

  /** The same weights with the input scales that int8 needs. */
  public static Map<String, HostTensor> calibrated(
      BertConfig config, Map<String, HostTensor> weights, List<EncodedText> sample) {
    Map<String, HostTensor> both = new LinkedHashMap<>(weights);
    Quantisation.of(config, weights, sample)
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.endsWith(".input_scale")) {
                both.put(name, tensor);
              }
            });
    return both;
  }
}
