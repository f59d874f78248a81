package org.smartbert.model.checkpoint;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;

/** config.json: BERT's keys as Hugging Face writes them, and our {@code smartbert} object. */
public final class ConfigJson {
  private final Path file;
  private final JsonObject json;

  private ConfigJson(Path file, JsonObject json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Reads config.json of a model directory.
   *
   * @throws InvalidInputException naming the file and the key that is missing or wrong
   */
  public static BertConfig read(Path directory) {
    Path file = directory.resolve("config.json");
    ConfigJson config = new ConfigJson(file, parse(file));
    Path tokenizer = directory.resolve("tokenizer_config.json");
    JsonObject tokenizerJson = Files.exists(tokenizer) ? parse(tokenizer) : new JsonObject();
    return config.toConfig(tokenizerJson);
  }

  private static JsonObject parse(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(
          e, "%s does not exist; a model directory holds a config.json.", file);
    } catch (JsonParseException | IllegalStateException e) {
      throw new InvalidInputException(e, "%s is not a JSON object; write it again.", file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " could not be read", e);
    }
  }

  private BertConfig toConfig(JsonObject tokenizer) {
    String type = json.has("model_type") ? json.get("model_type").getAsString() : "bert";
    if (!type.equals("bert")) {
      throw new InvalidInputException(
          "%s has the model_type %s; only bert models are supported.", file, type);
    }
    String activation = json.has("hidden_act") ? json.get("hidden_act").getAsString() : "gelu";
    if (!activation.equals("gelu")) {
      throw new InvalidInputException(
          "%s has the hidden_act %s; only gelu is supported.", file, activation);
    }
    int hidden = integer(json, "hidden_size", null);
    int heads = integer(json, "num_attention_heads", null);
    divides(hidden, heads, "hidden_size", "num_attention_heads");
    return new BertConfig(
        integer(json, "vocab_size", null),
        hidden,
        integer(json, "num_hidden_layers", null),
        heads,
        integer(json, "intermediate_size", null),
        integer(json, "max_position_embeddings", null),
        integer(json, "type_vocab_size", 2),
        number(json, "layer_norm_eps", 1e-12),
        number(json, "hidden_dropout_prob", 0.1),
        number(json, "attention_probs_dropout_prob", 0.1),
        number(json, "initializer_range", 0.02),
        lowerCase(tokenizer),
        labels(),
        heads());
  }

  private boolean lowerCase(JsonObject tokenizer) {
    JsonElement own = json.get("do_lower_case");
    JsonElement beside = tokenizer.get("do_lower_case");
    return own != null ? own.getAsBoolean() : beside == null || beside.getAsBoolean();
  }

  private List<String> labels() {
    if (!json.has("id2label")) {
      return List.of();
    }
    JsonObject named = json.getAsJsonObject("id2label");
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < named.size(); i++) {
      JsonElement label = named.get(Integer.toString(i));
      if (label == null) {
        throw new InvalidInputException(
            "id2label in %s lacks the key \"%d\"; its %d keys must be 0 to %d.",
            file, i, named.size(), named.size() - 1);
      }
      labels.add(label.getAsString());
    }
    return labels;
  }

  private BertConfig.Heads heads() {
    if (!json.has("smartbert")) {
      return BertConfig.Heads.PAPER;
    }
    JsonObject ours = json.getAsJsonObject("smartbert");
    BertConfig.Heads paper = BertConfig.Heads.PAPER;
    int size = integer(ours, "head_hidden_size", paper.size());
    int gateHeads = integer(ours, "gate_heads", paper.gateHeads());
    int classifierHeads = integer(ours, "classifier_heads", paper.classifierHeads());
    divides(size, gateHeads, "head_hidden_size", "gate_heads");
    divides(size, classifierHeads, "head_hidden_size", "classifier_heads");
    return new BertConfig.Heads(
        size,
        gateHeads,
        classifierHeads,
        number(ours, "skip_threshold", paper.skipThreshold()),
        mechanism(ours));
  }

  private Method.Mechanism mechanism(JsonObject ours) {
    String word = ours.has("method") ? ours.get("method").getAsString() : Method.SMARTBERT.word();
    Method method =
        Arrays.stream(Method.values())
            .filter(m -> m.word().equals(word))
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "The key smartbert.method in %s is %s; it must be one of: %s.",
                        file,
                        word,
                        Arrays.stream(Method.values())
                            .map(Method::word)
                            .collect(Collectors.joining(", "))));
    Method.Mechanism whole = method.mechanism();
    return new Method.Mechanism(
        method, flag(ours, "gates", whole.skips()), flag(ours, "exits", whole.exits()));
  }

  private boolean flag(JsonObject in, String key, boolean absent) {
    JsonElement value = in.get(key);
    if (value == null) {
      return absent;
    }
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
      throw new InvalidInputException(
          "The key %s in %s is %s; it must be true or false.", key, file, value);
    }
    return value.getAsBoolean();
  }

  private void divides(int size, int heads, String sizeKey, String headsKey) {
    if (size % heads != 0) {
      throw new InvalidInputException(
          "%s: %s %d is not a multiple of %s %d.", file, sizeKey, size, headsKey, heads);
    }
  }

  private int integer(JsonObject in, String key, Integer absent) {
    double value = number(in, key, absent == null ? null : absent.doubleValue());
    if (value < 1 || value > Integer.MAX_VALUE || value != Math.rint(value)) {
      throw new InvalidInputException(
          "The key %s in %s is %s; it must be a whole number above 0.", key, file, in.get(key));
    }
    return (int) value;
  }

  private double number(JsonObject in, String key, Double absent) {
    JsonElement value = in.get(key);
    if (value == null && absent != null) {
      return absent;
    }
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      throw new InvalidInputException(
          "The key %s in %s is %s; it must be a number.",
          key, file, value == null ? "missing" : value);
    }
    return value.getAsDouble();
  }

  /** The text of a SmartBERT model's config.json. */
  public static String toJson(BertConfig config) {
    JsonObject json = new JsonObject();
    JsonArray architectures = new JsonArray();
    architectures.add("SmartBertForSequenceClassification");
    json.add("architectures", architectures);
    json.addProperty("model_type", "bert");
    json.addProperty("vocab_size", config.vocabSize());
    json.addProperty("hidden_size", config.hiddenSize());
    json.addProperty("num_hidden_layers", config.layers());
    json.addProperty("num_attention_heads", config.attentionHeads());
    json.addProperty("intermediate_size", config.intermediateSize());
    json.addProperty("hidden_act", "gelu");
    json.addProperty("hidden_dropout_prob", config.hiddenDropout());
    json.addProperty("attention_probs_dropout_prob", config.attentionDropout());
    json.addProperty("max_position_embeddings", config.maxPositions());
    json.addProperty("type_vocab_size", config.tokenTypes());
    json.addProperty("initializer_range", config.initializerRange());
    json.addProperty("layer_norm_eps", config.layerNormEps());
    json.addProperty("pad_token_id", 0);
    json.addProperty("do_lower_case", config.lowerCase());
    json.addProperty("torch_dtype", "float32");
    JsonObject byId = new JsonObject();
    JsonObject byLabel = new JsonObject();
    for (int i = 0; i < config.classes(); i++) {
      byId.addProperty(Integer.toString(i), config.labels().get(i));
      byLabel.addProperty(config.labels().get(i), i);
    }
    json.add("id2label", byId);
    json.add("label2id", byLabel);
    JsonObject ours = new JsonObject();
    ours.addProperty("method", config.mechanism().method().word());
    ours.addProperty("gates", config.mechanism().skips());
    ours.addProperty("exits", config.mechanism().exits());
    ours.addProperty("head_hidden_size", config.heads().size());
    ours.addProperty("gate_heads", config.heads().gateHeads());
    ours.addProperty("classifier_heads", config.heads().classifierHeads());
    ours.addProperty("skip_threshold", config.heads().skipThreshold());
    json.add("smartbert", ours);
    return new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n";
  }
}
