package org.smartbert.model.io;

import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.checkpoint.ConfigJson;
import org.smartbert.model.checkpoint.Family;

/**
 * The weights of a model directory, by our names. Everything that config.json says of them is
 * compared with the file's header before a tensor is read.
 */
final class WeightsFile implements AutoCloseable {
  static final String NAME = "model.safetensors";

  private static final String SHARDS = "model.safetensors.index.json";
  private static final Pattern LAYER = Pattern.compile("bert\\.encoder\\.layer\\.(\\d+)\\..*");

  /** Of the network itself, where a tensor that nobody reads changes what is computed. */
  private static final Pattern NETWORK = Pattern.compile("bert\\.(embeddings|encoder)\\..*");

  /** Numbers from 0 on, which older versions of transformers saved. */
  private static final Set<String> BUFFERS =
      Set.of("bert.embeddings.position_ids", "bert.embeddings.token_type_ids");

  private final Path file;
  private final Safetensors tensors;
  private final Map<String, String> names;

  private WeightsFile(Path file, Function<Collection<String>, Map<String, String>> naming) {
    this.file = file;
    this.tensors = Safetensors.open(file);
    try {
      this.names = naming.apply(tensors.names());
    } catch (InvalidInputException e) {
      tensors.close();
      throw e;
    }
  }

  /** A model that this project wrote. */
  static WeightsFile ofModel(Path directory) {
    return new WeightsFile(
        find(directory),
        names -> names.stream().collect(Collectors.toMap(name -> name, name -> name)));
  }

  /** A classifier, under the names of its family where it is not this project's. */
  static WeightsFile ofClassifier(Path directory, ConfigJson.Classifier described) {
    return described
        .family()
        .map(
            family -> {
              Path file = find(directory);
              int layers = described.config().layers();
              return new WeightsFile(file, names -> family.classifierNames(names, layers, file));
            })
        .orElseGet(() -> ofModel(directory));
  }

  /** A checkpoint of a family, under whatever names the family has for its tensors. */
  static WeightsFile ofBackbone(Path directory, Family family) {
    Path file = find(directory);
    return new WeightsFile(file, names -> family.canonicalNames(names, file));
  }

  private static Path find(Path directory) {
    Path file = directory.resolve(NAME);
    if (Files.exists(file)) {
      return file;
    }
    if (Files.exists(directory.resolve(SHARDS))) {
      throw new InvalidInputException(
          "%s holds its weights in several files (%s), which are not supported; save the model"
              + " again with a max_shard_size above its size, to get one %s.",
          directory, SHARDS, NAME);
    }
    if (Files.exists(directory.resolve("pytorch_model.bin"))) {
      throw new InvalidInputException(
          "%s holds pytorch_model.bin, and pickled weights are never read; save the model with"
              + " safe_serialization=True to get a %s.",
          directory, NAME);
    }
    throw new InvalidInputException(
        "%s does not exist; a model directory holds its weights there.", file);
  }

  /** Whether there are the scales to compute with 8-bit integers. */
  boolean isQuantised() {
    return names.keySet().stream().anyMatch(name -> name.endsWith(".input_scale"));
  }

  /**
   * Refuses a number of layers that is not the file's: no array is made of a number that
   * config.json alone claims, and no layer is left out.
   */
  void requireLayers(BertConfig config) {
    long layers =
        names.keySet().stream()
            .map(LAYER::matcher)
            .filter(Matcher::matches)
            .map(layer -> layer.group(1))
            .distinct()
            .count();
    if (layers != config.layers()) {
      throw new InvalidInputException(
          "config.json asks for %d layers (num_hidden_layers), and %s holds %d; use the config.json"
              + " that belongs to these weights.",
          config.layers(), file, layers);
    }
  }

  /** The rows of a tensor, or 0 where it is missing. */
  long rows(String tensor) {
    String name = names.get(tensor);
    return name == null || tensors.shape(name).isEmpty() ? 0 : tensors.shape(name).get(0);
  }

  /**
   * Reads tensors of a network, whose number of layers was compared, as float32.
   *
   * @throws InvalidInputException naming a tensor that is missing, has another shape, holds values
   *     that are not finite, or belongs to a network other than config.json's
   */
  Map<String, HostTensor> read(BertConfig config, List<TensorSpec> wanted) {
    wanted.forEach(this::requireShape);
    requireNothingElse(config);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    for (TensorSpec spec : wanted) {
      String name = names.get(spec.name());
      HostTensor tensor = tensors.isInt8(name) ? scaled(name) : tensors.tensor(name);
      requireFinite(name, tensor.values());
      weights.put(spec.name(), new HostTensor(spec.name(), tensor.shape(), tensor.values()));
    }
    return weights;
  }

  private void requireShape(TensorSpec spec) {
    String name = names.get(spec.name());
    if (name == null) {
      throw new InvalidInputException(
          "Tensor %s is missing from %s; export the whole model.", spec.name(), file);
    }
    if (!tensors.shape(name).equals(spec.shape())) {
      throw new InvalidInputException(
          "Tensor %s in %s has the shape %s where config.json asks for %s; use the config.json that"
              + " belongs to these weights.",
          Quoted.of(name), file, tensors.shape(name), spec.shape());
    }
  }

  /** Poolers and heads of other tasks are ignored; parts of the network itself are not. */
  private void requireNothingElse(BertConfig config) {
    CheckpointNames known = new CheckpointNames(config);
    Set<String> expected = new HashSet<>(BUFFERS);
    known.backbone().forEach(spec -> expected.add(spec.name()));
    known.inputScales().forEach(spec -> expected.add(spec.name()));
    known.int8Weights().forEach(name -> expected.add(name + "_scale"));
    names.forEach(
        (ours, name) -> {
          if (NETWORK.matcher(ours).matches() && !expected.contains(ours)) {
            throw new InvalidInputException(
                "Tensor %s in %s does not belong to BERT as config.json describes it, and ignoring"
                    + " it would compute another network; use a plain BERT checkpoint.",
                Quoted.of(name), file);
          }
        });
  }

  private void requireFinite(String name, FloatBuffer values) {
    for (int i = 0; i < values.limit(); i++) {
      if (!Float.isFinite(values.get(i))) {
        throw new InvalidInputException(
            "Tensor %s in %s holds %s at index %d, so that no result would be a number; export the"
                + " weights again, or train again if the training diverged.",
            Quoted.of(name), file, values.get(i), i);
      }
      if (values.get(i) <= 0 && name.endsWith(".input_scale")) {
        throw new InvalidInputException(
            "Tensor %s in %s is %s, and a scale must be above 0; write the model again with"
                + " smartbert quantize.",
            Quoted.of(name), file, values.get(i));
      }
    }
  }

  /** The values that 8-bit integers stand for: [out, in] steps times [out] scales. */
  private HostTensor scaled(String name) {
    HostTensor steps = tensors.tensor(name);
    String scaleName = name + "_scale";
    if (!tensors.names().contains(scaleName)
        || steps.shape().isEmpty()
        || !tensors.shape(scaleName).equals(steps.shape().subList(0, 1))) {
      throw new InvalidInputException(
          "Tensor %s in %s is I8 without a %s for each of its rows; write the model again with"
              + " smartbert quantize.",
          Quoted.of(name), file, Quoted.of(scaleName));
    }
    FloatBuffer scales = tensors.tensor(scaleName).values();
    int columns = steps.size() / scales.limit();
    float[] values = new float[steps.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = steps.values().get(i) * scales.get(i / columns);
    }
    return HostTensor.of(name, values, steps.dimensions());
  }

  @Override
  public void close() {
    tensors.close();
  }
}
