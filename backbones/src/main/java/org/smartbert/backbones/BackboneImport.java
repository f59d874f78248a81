package org.smartbert.backbones;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.io.Safetensors;
import org.smartbert.model.text.TextEncoder;

/**
 * Makes a Hugging Face directory of a BERT in another program's format.
 *
 * @param heads attention heads; needed where no config.json or bert_config.json says it
 * @param lowerCase whether texts are lower-cased; needed for a vocab.txt without
 *     tokenizer_config.json
 * @param readme of the directory
 */
public record BackboneImport(OptionalInt heads, Optional<Boolean> lowerCase, String readme) {
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final String LAYER = "encoder.layer.";
  private static final String PYTORCH =
      "%s is a pickle of PyTorch, which can run any program when it is read; write safetensors"
          + " first: from transformers import AutoModel;"
          + " AutoModel.from_pretrained('FOLDER').save_pretrained('OUT', safe_serialization=True)";

  /**
   * Imports a Google checkpoint ({@code bert_model.ckpt.*}, bare or in a zip), the variables of a
   * SavedModel, or an ONNX export.
   *
   * @param from a folder, a file of it, a zip or a jar
   * @param to the directory to write; must not exist
   * @throws InvalidInputException for what is no BERT in one of these formats
   */
  public void run(Path from, Path to) {
    Path target = to.toAbsolutePath();
    try {
      Files.createDirectories(target.getParent());
      Path writing = target.resolveSibling(".importing-" + UUID.randomUUID());
      Files.createDirectory(writing);
      try (Unpacked files = Unpacked.of(from, target.getParent())) {
        write(files, from, writing);
        Files.move(writing, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Unpacked.delete(writing);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The backbone " + from + " could not be imported", e);
    }
  }

  private void write(Unpacked files, Path from, Path target) throws IOException {
    try (TensorSource weights = open(files, from)) {
      Map<String, List<Long>> shapes = weights.shapes();
      if (!shapes.containsKey(WORDS)) {
        throw new InvalidInputException(
            "%s holds no tensor %s, so that it is no BERT.", from, WORDS);
      }
      Files.writeString(target.resolve("config.json"), config(files, from, shapes));
      writeTokenizer(files, from, target);
      Safetensors.write(
          target.resolve("model.safetensors"),
          shapes,
          name -> {
            try {
              return weights.read(name);
            } catch (IOException e) {
              throw new UncheckedIOException("Tensor " + name + " could not be read", e);
            }
          });
    }
    Files.writeString(target.resolve("README.md"), readme);
    // What cannot be loaded later is refused now.
    BertConfig config = ModelDirectory.openBackbone(target).config();
    TextEncoder.open(target, config, Math.min(128, config.maxPositions())).close();
  }

  private static TensorSource open(Unpacked files, Path from) throws IOException {
    List<Path> onnx = files.ending(".onnx");
    List<Path> index = files.ending(".index");
    if (onnx.size() + index.size() > 1) {
      throw new InvalidInputException(
          "%s holds several models (%s and %s); give the one to import.",
          from,
          onnx.isEmpty() ? index.get(0) : onnx.get(0),
          index.isEmpty() ? onnx.get(1) : index.get(index.size() - 1));
    }
    if (onnx.size() == 1) {
      return OnnxWeights.open(onnx.get(0));
    }
    if (index.size() == 1) {
      String name = index.get(0).getFileName().toString();
      return TensorFlowWeights.open(
          index.get(0).resolveSibling(name.substring(0, name.length() - ".index".length())));
    }
    List<Path> pickles = files.ending(".bin");
    if (!pickles.isEmpty()) {
      throw new InvalidInputException(PYTORCH, pickles.get(0));
    }
    throw new InvalidInputException(
        "%s holds neither an .onnx file nor the .index of a TensorFlow checkpoint; give the folder"
            + " or archive of one.",
        from);
  }

  /** The config.json: the model's own where there is one, else the sizes of its tensors. */
  private String config(Unpacked files, Path from, Map<String, List<Long>> shapes)
      throws IOException {
    Optional<JsonObject> own = ownConfig(files);
    JsonObject config = own.orElseGet(JsonObject::new);
    config.addProperty("model_type", "bert");
    if (own.isEmpty()) {
      int count =
          heads.orElseThrow(
              () ->
                  new InvalidInputException(
                      "%s has no config.json that says the number of attention heads; give"
                          + " --heads.",
                      from));
      config.addProperty("num_attention_heads", count);
      config.addProperty("hidden_size", size(shapes, WORDS, 1));
      config.addProperty("vocab_size", size(shapes, WORDS, 0));
      config.addProperty("num_hidden_layers", layers(shapes));
      config.addProperty(
          "intermediate_size", size(shapes, LAYER + "0.intermediate.dense.weight", 0));
      config.addProperty(
          "max_position_embeddings", size(shapes, "embeddings.position_embeddings.weight", 0));
      config.addProperty(
          "type_vocab_size", size(shapes, "embeddings.token_type_embeddings.weight", 0));
      config.addProperty("hidden_act", "gelu");
      config.addProperty("layer_norm_eps", BertConfig.Encoder.LAYER_NORM_EPS);
      config.addProperty("hidden_dropout_prob", 0.1);
      config.addProperty("attention_probs_dropout_prob", 0.1);
      config.addProperty("initializer_range", 0.02);
    }
    return config.toString();
  }

  private static Optional<JsonObject> ownConfig(Unpacked files) throws IOException {
    for (Path file : files.ending("config.json")) {
      String name = file.getFileName().toString();
      if (name.equals("config.json") || name.equals("bert_config.json")) {
        return Optional.of(json(file));
      }
    }
    return Optional.empty();
  }

  private static JsonObject json(Path file) throws IOException {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new InvalidInputException(e, "%s is not a JSON object.", file);
    }
  }

  private static long size(Map<String, List<Long>> shapes, String name, int dimension) {
    List<Long> shape = shapes.get(name);
    if (shape == null || shape.size() != 2) {
      throw new InvalidInputException(
          "The model lacks the matrix %s, so that it is no BERT.", name);
    }
    return shape.get(dimension);
  }

  private static long layers(Map<String, List<Long>> shapes) {
    return shapes.keySet().stream()
        .filter(name -> name.startsWith(LAYER))
        .map(name -> name.substring(LAYER.length()).replaceFirst("\\..*", ""))
        .distinct()
        .count();
  }

  private void writeTokenizer(Unpacked files, Path from, Path target) throws IOException {
    List<Path> tokenizers = files.ending("tokenizer.json");
    List<Path> vocabularies = files.ending("vocab.txt");
    List<Path> settings = files.ending("tokenizer_config.json");
    if (tokenizers.isEmpty() && vocabularies.isEmpty()) {
      throw new InvalidInputException(
          "%s has neither a tokenizer.json nor a vocab.txt; put the model's there.", from);
    }
    if (!tokenizers.isEmpty()) {
      JsonObject tokenizer = json(tokenizers.get(0));
      // A fixed length is the exporter's; here texts have their own, up to --max-tokens.
      tokenizer.add("truncation", JsonNull.INSTANCE);
      tokenizer.add("padding", JsonNull.INSTANCE);
      Files.writeString(
          target.resolve("tokenizer.json"), tokenizer.toString(), StandardCharsets.UTF_8);
    } else {
      Files.write(target.resolve("vocab.txt"), Files.readAllBytes(vocabularies.get(0)));
    }
    if (!settings.isEmpty()) {
      Files.write(target.resolve("tokenizer_config.json"), Files.readAllBytes(settings.get(0)));
    } else if (tokenizers.isEmpty()) {
      JsonObject config = new JsonObject();
      config.addProperty(
          "do_lower_case",
          lowerCase.orElseThrow(
              () ->
                  new InvalidInputException(
                      "%s has a vocab.txt and no tokenizer_config.json; give --lower-case true or"
                          + " false.",
                      from)));
      config.addProperty("tokenizer_class", "BertTokenizer");
      Files.writeString(target.resolve("tokenizer_config.json"), config.toString());
    }
  }
}
