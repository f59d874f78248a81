package org.smartbert.model.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
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
  private static final String WEIGHTS = "model.safetensors";
  private static final List<String> TOKENIZER_FILES =
      List.of("vocab.txt", "tokenizer.json", "tokenizer_config.json");

  private ModelDirectory() {}

  /** A directory's configuration and its weights by canonical name. */
  public record Contents(BertConfig config, Map<String, HostTensor> weights) {}

  /** Reads and checks a SmartBERT model's configuration without its weights. */
  public static BertConfig config(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidInputException(
          "The model directory %s does not exist; give the directory that train wrote.", directory);
    }
    BertConfig config = ConfigJson.read(directory);
    if (config.classes() < 2) {
      throw new InvalidInputException(
          "%s names %d labels in id2label; a classifier needs at least 2 (a backbone must be"
              + " trained first).",
          directory.resolve("config.json"), config.classes());
    }
    requireVocabulary(directory);
    return config;
  }

  /**
   * Opens a complete SmartBERT model.
   *
   * @throws InvalidInputException naming the file and tensor that is missing or wrong
   */
  public static Contents openModel(Path directory) {
    BertConfig config = config(directory);
    CheckpointNames names = new CheckpointNames(config);
    List<TensorSpec> wanted = new ArrayList<>(names.model());
    if (isQuantised(directory)) {
      wanted.addAll(names.inputScales());
    }
    return new Contents(config, read(weightsFile(directory), wanted, Map.of()));
  }

  /** Whether a model holds 8-bit integers and the scales to compute with them. */
  public static boolean isQuantised(Path directory) {
    try (Safetensors tensors = Safetensors.open(weightsFile(directory))) {
      return tensors.names().stream().anyMatch(name -> name.endsWith(".input_scale"));
    }
  }

  /**
   * Opens any BERT directory as a backbone: names with or without {@code bert.}, LayerNorm's
   * gamma/beta, poolers and task heads are taken as they come.
   */
  public static Contents openBackbone(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidInputException(
          "The backbone directory %s does not exist; give a Hugging Face BERT directory.",
          directory);
    }
    BertConfig config = ConfigJson.read(directory);
    requireVocabulary(directory);
    Path file = weightsFile(directory);
    return new Contents(config, read(file, new CheckpointNames(config).backbone(), aliases(file)));
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

  private static Path weightsFile(Path directory) {
    Path file = directory.resolve(WEIGHTS);
    if (!Files.exists(file) && Files.exists(directory.resolve("pytorch_model.bin"))) {
      throw new InvalidInputException(
          "%s holds pytorch_model.bin, and pickled weights are never read; save the model with"
              + " safe_serialization=True to get a %s.",
          directory, WEIGHTS);
    }
    if (!Files.exists(file)) {
      throw new InvalidInputException(
          "%s does not exist; a model directory holds its weights there.", file);
    }
    return file;
  }

  /** Our name of each tensor of a foreign checkpoint to the name it has there. */
  private static Map<String, String> aliases(Path file) {
    Map<String, String> aliases = new HashMap<>();
    try (Safetensors tensors = Safetensors.open(file)) {
      for (String name : tensors.names()) {
        String canonical =
            name.replace("LayerNorm.gamma", "LayerNorm.weight")
                .replace("LayerNorm.beta", "LayerNorm.bias");
        aliases.put(canonical.startsWith("bert.") ? canonical : "bert." + canonical, name);
      }
    }
    return aliases;
  }

  private static Map<String, HostTensor> read(
      Path file, List<TensorSpec> wanted, Map<String, String> aliases) {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    try (Safetensors tensors = Safetensors.open(file)) {
      for (TensorSpec spec : wanted) {
        String name = aliases.getOrDefault(spec.name(), spec.name());
        if (!tensors.names().contains(name)) {
          throw new InvalidInputException(
              "Tensor %s is missing from %s; export the whole model.", spec.name(), file);
        }
        if (!tensors.shape(name).equals(spec.shape())) {
          throw new InvalidInputException(
              "Tensor %s in %s has the shape %s where config.json asks for %s; use the config.json"
                  + " that belongs to these weights.",
              name, file, tensors.shape(name), spec.shape());
        }
        HostTensor tensor =
            tensors.isInt8(name) ? scaled(file, tensors, name) : tensors.tensor(name);
        weights.put(spec.name(), new HostTensor(spec.name(), tensor.shape(), tensor.values()));
      }
    }
    return weights;
  }

  /** The values that 8-bit integers stand for: [out, in] steps times [out] scales. */
  private static HostTensor scaled(Path file, Safetensors tensors, String name) {
    HostTensor steps = tensors.tensor(name);
    String scaleName = name + "_scale";
    if (!tensors.names().contains(scaleName)
        || !tensors.shape(scaleName).equals(steps.shape().subList(0, 1))) {
      throw new InvalidInputException(
          "Tensor %s in %s is I8 without a %s for each of its rows; write the model again with"
              + " smartbert quantize.",
          name, file, scaleName);
    }
    FloatBuffer scales = tensors.tensor(scaleName).values();
    int columns = steps.size() / scales.limit();
    float[] values = new float[steps.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = steps.values().get(i) * scales.get(i / columns);
    }
    return HostTensor.of(name, values, steps.dimensions());
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
      Path target = directory.toAbsolutePath();
      Files.createDirectories(target.getParent());
      Path temporary = Files.createTempDirectory(target.getParent(), ".smartbert-");
      try {
        for (String name : TOKENIZER_FILES) {
          if (Files.exists(tokenizerSource.resolve(name))) {
            Files.copy(tokenizerSource.resolve(name), temporary.resolve(name));
          }
        }
        Files.writeString(temporary.resolve("config.json"), ConfigJson.toJson(config));
        for (Map.Entry<String, String> extra : extras.entrySet()) {
          Files.writeString(temporary.resolve(extra.getKey()), extra.getValue());
        }
        Safetensors.write(temporary.resolve(WEIGHTS), weights, int8);
        Files.deleteIfExists(target);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        deleteIfThere(temporary);
      }
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

  private static void deleteIfThere(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        Files.delete(entry);
      }
    }
    Files.delete(directory);
  }

  /** A model's identity: SHA-256 over names and bytes of its configuration, tokenizer, weights. */
  public static String digest(Path directory) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String name :
          Stream.concat(TOKENIZER_FILES.stream(), Stream.of("config.json", WEIGHTS)).toList()) {
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
