package org.smartbert.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;

/** Small random models for tests. */
public final class TinyModels {
  private static final int WORDS = 60;

  private TinyModels() {}

  /** A vocabulary of 65 tokens: the five special ones, then w0 to w59. */
  public static BertConfig config(int layers, int hidden, int classes) {
    return new BertConfig(
        WORDS + 5,
        hidden,
        layers,
        4,
        2 * hidden,
        48,
        2,
        1e-12,
        0.0,
        0.0,
        0.02,
        true,
        IntStream.range(0, classes).mapToObj(c -> "LABEL_" + c).toList(),
        new BertConfig.Heads(16, 2, 4, 0.5, Method.SMARTBERT.mechanism()));
  }

  /** The same network with another dropout. */
  public static BertConfig withDropout(BertConfig c, double dropout) {
    return new BertConfig(
        c.vocabSize(),
        c.hiddenSize(),
        c.layers(),
        c.attentionHeads(),
        c.intermediateSize(),
        c.maxPositions(),
        c.tokenTypes(),
        c.layerNormEps(),
        dropout,
        dropout,
        c.initializerRange(),
        c.lowerCase(),
        c.labels(),
        c.heads());
  }

  /** The same network with other gates and classifiers. */
  public static BertConfig withHeads(BertConfig c, BertConfig.Heads heads) {
    return new BertConfig(
        c.vocabSize(),
        c.hiddenSize(),
        c.layers(),
        c.attentionHeads(),
        c.intermediateSize(),
        c.maxPositions(),
        c.tokenTypes(),
        c.layerNormEps(),
        c.hiddenDropout(),
        c.attentionDropout(),
        c.initializerRange(),
        c.lowerCase(),
        c.labels(),
        heads);
  }

  /** Weights wide enough for gates and classifiers to decide differently from row to row. */
  public static Map<String, HostTensor> weights(List<TensorSpec> specs, long seed) {
    Random random = new Random(seed);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    for (TensorSpec spec : specs) {
      float[] values = new float[spec.size()];
      boolean norm = spec.name().contains("LayerNorm.weight") || spec.name().endsWith(".1.weight");
      for (int i = 0; i < values.length; i++) {
        values[i] = (norm ? 1f : 0f) + (float) random.nextGaussian() * 0.3f;
      }
      weights.put(
          spec.name(),
          HostTensor.of(
              spec.name(), values, spec.shape().stream().mapToLong(Long::longValue).toArray()));
    }
    return weights;
  }

  /** Writes a complete random model directory; returns {@code directory}. */
  public static Path write(Path directory, BertConfig config, long seed) {
    try {
      Path vocabulary = Files.createTempDirectory("tiny-vocabulary");
      List<String> lines = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
      IntStream.range(0, WORDS).forEach(w -> lines.add("w" + w));
      Files.write(vocabulary.resolve("vocab.txt"), lines);
      Map<String, HostTensor> weights = weights(new CheckpointNames(config).model(), seed);
      ModelDirectory.write(directory, config, weights.values(), vocabulary, Map.of());
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
