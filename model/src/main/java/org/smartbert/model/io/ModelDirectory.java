package org.smartbert.model.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.checkpoint.ConfigJson;

/**
 * A Hugging Face model directory on a local file system: config.json, vocab.txt and/or
 * tokenizer.json, model.safetensors.
 */
public final class ModelDirectory {
  private static final List<String> TOKENIZER_FILES =
      List.of("vocab.txt", "tokenizer.json", "tokenizer_config.json");

  private ModelDirectory() {}

  /** A directory's configuration and its weights by canonical name. */
  public record Contents(BertConfig config, Map<String, HostTensor> weights) {}

  /** Reads and checks a SmartBERT model's configuration without its weights. */
  public static BertConfig config(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidInputException(
          "The model directory %s does not exist; give a directory that train wrote.", directory);
    }
    ConfigJson.Classifier described = ConfigJson.classifier(directory);
    requireVocabulary(directory);
    try (WeightsFile weights = WeightsFile.ofClassifier(directory, described)) {
      weights.requireLayers(described.config());
      return labelled(directory, described, weights);
    }
  }

  private static BertConfig labelled(
      Path directory, ConfigJson.Classifier described, WeightsFile weights) {
    BertConfig config = described.config();
    if (config.classes() == 0 && described.family().isPresent() && classes(config, weights) == 2) {
      // Hugging Face leaves its two default names out of config.json.
      return config.withLabels(List.of("LABEL_0", "LABEL_1"));
    }
    if (config.classes() < 2) {
      throw new InvalidInputException(
          "%s names %d labels in id2label; a classifier needs at least 2 (a backbone must be"
              + " trained first).",
          directory.resolve("config.json"), config.classes());
    }
    return config;
  }

  private static long classes(BertConfig config, WeightsFile weights) {
    List<TensorSpec> last = new CheckpointNames(config).classifier(config.layers() - 1);
    return weights.rows(last.get(last.size() - 1).name());
  }

  /**
   * Opens a complete classifier: a model that this project wrote, or Hugging Face's
   * BertForSequenceClassification, whose pooler and classifier become the classifier of the last
   * layer.
   *
   * @throws InvalidInputException naming the file and tensor that is missing or wrong
   */
  public static Contents openModel(Path directory) {
    BertConfig config = config(directory);
    CheckpointNames names = new CheckpointNames(config);
    List<TensorSpec> wanted = new ArrayList<>(names.model());
    try (WeightsFile weights =
        WeightsFile.ofClassifier(directory, ConfigJson.classifier(directory))) {
      if (weights.isQuantised()) {
        wanted.addAll(names.inputScales());
      }
      return new Contents(config, weights.read(config, wanted));
    }
  }

  /** Whether a model holds 8-bit integers and the scales to compute with them. */
  public static boolean isQuantised(Path directory) {
    try (WeightsFile weights = WeightsFile.ofModel(directory)) {
      return weights.isQuantised();
    }
  }

  /**
   * Opens any BERT directory as a backbone: names with or without {@code bert.} or {@code module.},
   * LayerNorm's gamma/beta, poolers and task heads are taken as they come; labels are left out.
   *
   * @throws InvalidInputException naming the file, key or tensor that is missing or wrong
   */
  public static Contents openBackbone(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidInputException(
          "The backbone directory %s does not exist; give a Hugging Face BERT directory.",
          directory);
    }
    ConfigJson.Backbone backbone = ConfigJson.backbone(directory);
    BertConfig config = backbone.config();
    requireVocabulary(directory);
    try (WeightsFile weights = WeightsFile.ofBackbone(directory, backbone.family())) {
      weights.requireLayers(config);
      return new Contents(config, weights.read(config, new CheckpointNames(config).backbone()));
    }
  }

  /** Refuses int8 for a model that is not quantised. */
  public static void requireFits(Path directory, Precision precision) {
    if (precision == Precision.INT8 && !isQuantised(directory)) {
      throw new InvalidInputException(
          "The model in %s is not quantised; write an int8 model with smartbert quantize, or choose"
              + " --precision fp32 or bf16.",
          directory);
    }
  }

  private static void requireVocabulary(Path directory) {
    if (!Files.exists(directory.resolve("tokenizer.json"))
        && !Files.exists(directory.resolve("vocab.txt"))) {
      throw new InvalidInputException(
          "%s holds neither tokenizer.json nor vocab.txt; copy the model's vocabulary there.",
          directory);
    }
  }

  /**
   * Writes a model directory whole or not at all: under a temporary name that is renamed at the
   * end.
   *
   * @param tokenizerSource the directory whose tokenizer files are copied
   * @param extras further small text files by name
   * @throws InvalidInputException if {@code directory} exists and is not empty
   */
  public static void write(
      Path directory,
      BertConfig config,
      Collection<HostTensor> weights,
      Path tokenizerSource,
      Map<String, String> extras) {
    write(directory, config, weights, Set.of(), tokenizerSource, extras);
  }

  /** The same, with the tensors {@code int8}, whole numbers, as 8-bit integers. */
  public static void write(
      Path directory,
      BertConfig config,
      Collection<HostTensor> weights,
      Set<String> int8,
      Path tokenizerSource,
      Map<String, String> extras) {
    try {
      requireFree(directory);
      new ModelDirectoryWriter(config, weights, int8, tokenizerSource, extras)
          .write(directory, TOKENIZER_FILES);
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + directory + " could not be written", e);
    }
  }

  /** Refuses a target that holds something already. */
  public static void requireFree(Path directory) {
    try {
      if (!Files.exists(directory)) {
        return;
      }
      try (Stream<Path> entries = Files.list(directory)) {
        if (entries.findAny().isPresent()) {
          throw new InvalidInputException(
              "The model directory %s exists already and is not empty; choose another or remove"
                  + " it.",
              directory);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " could not be listed", e);
    }
  }

  /** A model's identity: SHA-256 over names and bytes of its configuration, tokenizer, weights. */
  public static String digest(Path directory) {
    return digest(
        directory,
        Stream.concat(TOKENIZER_FILES.stream(), Stream.of("config.json", WeightsFile.NAME)));
  }

  /** SHA-256 over names and bytes of tokenizer and weights: what a certificate is bound to. */
  public static String weightsDigest(Path directory) {
    return digest(directory, Stream.concat(TOKENIZER_FILES.stream(), Stream.of(WeightsFile.NAME)));
  }

  private static String digest(Path directory, Stream<String> names) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String name : names.toList()) {
        Path file = directory.resolve(name);
        if (Files.exists(file)) {
          sha.update(name.getBytes(StandardCharsets.UTF_8));
          try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
            in.transferTo(OutputStream.nullOutputStream());
          }
        }
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + directory + " could not be read", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
