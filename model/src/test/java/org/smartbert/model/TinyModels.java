package org.smartbert.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
        new BertConfig.Embeddings(WORDS + 5, 48, 2),
        new BertConfig.Encoder(layers, hidden, 4, 2 * hidden, BertConfig.Encoder.LAYER_NORM_EPS),
        new BertConfig.Training(0.0, 0.0, 0.02),
        true,
        IntStream.range(0, classes).mapToObj(c -> "LABEL_" + c).toList(),
        new BertConfig.Heads(16, 2, 4, 0.5, Method.SMARTBERT.mechanism()));
  }

  /** The same network with another dropout. */
  public static BertConfig withDropout(BertConfig config, double dropout) {
    return config.with(
        new BertConfig.Training(dropout, dropout, config.training().initializerRange()));
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

  /** Sets every weight of a model directory to one value; returns {@code directory}. */
  public static Path fill(Path directory, float value) {
    Path weights = directory.resolve("model.safetensors");
    try {
      byte[] bytes = Files.readAllBytes(weights);
      ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int begin = 8 + (int) values.getLong(0);
      for (int at = begin; at < bytes.length; at += Float.BYTES) {
        values.putFloat(at, value);
      }
      Files.write(weights, bytes);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
