package org.smartbert.model.checkpoint;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;

/** config.json: its family's keys as Hugging Face writes them, and our {@code smartbert} object. */
public final class ConfigJson {
  /** The widest heads that are believed: weights of this size squared are made before training. */
  private static final int WIDEST_HEAD = 8192;

  private static final String SINGLE_LABEL = "single_label_classification";
  private static final String OURS = "smartbert";
  private static final String LAST_CLASSIFIER = "last_classifier";

  /** The one head of Hugging Face's that is a classifier of texts. */
  private static final String SEQUENCE_CLASSIFIER = "BertForSequenceClassification";

  private final Path file;
  private final JsonFields json;

  private ConfigJson(Path file) {
    this.file = file;
    this.json = JsonFields.read(file);
  }

  /**
   * A backbone's configuration.
   *
   * @param config without labels: a backbone's task is not ours
   */
  public record Backbone(Family family, BertConfig config) {}

  /**
   * A classifier's configuration.
   *
   * @param family whose names the tensors have; empty for a model that this project wrote
   */
  public record Classifier(Optional<Family> family, BertConfig config) {}

  /**
   * Reads the config.json of a classifier's directory: a model of this project, or Hugging Face's
   * BertForSequenceClassification, which is the method bert.
   *
   * @throws InvalidInputException naming the file and the key that is missing or wrong
   */
  public static Classifier classifier(Path directory) {
    ConfigJson config = new ConfigJson(directory.resolve("config.json"));
    String problem =
        config.json.isEmpty("problem_type")
            ? SINGLE_LABEL
            : config.json.text("problem_type").orElseThrow();
    if (!problem.equals(SINGLE_LABEL)) {
      throw new InvalidInputException(
          "%s has the problem_type %s; only %s is supported.",
          config.file, config.json.shown("problem_type"), SINGLE_LABEL);
    }
    BertConfig sizes = config.sizes(directory, config.labels());
    if (config.json.has(OURS)) {
      return new Classifier(Optional.empty(), sizes);
    }
    config.requireSequenceClassifier();
    return new Classifier(
        Optional.of(Family.of(config.json)), sizes.withMechanism(Method.BERT.mechanism()));
  }

  /** Whether a directory's config.json says that it holds a classifier of texts. */
  public static boolean describesClassifier(Path directory) {
    JsonFields json = new ConfigJson(directory.resolve("config.json")).json;
    return json.has(OURS)
        ? !json.isEmpty("id2label")
        : !json.isEmpty("architectures")
            && json.texts("architectures").contains(SEQUENCE_CLASSIFIER);
  }

  /** Our object in a directory's config.json; empty where the model is not this project's. */
  public static Optional<JsonFields> ours(Path directory) {
    return new ConfigJson(directory.resolve("config.json")).json.object(OURS);
  }

  /**
   * The text of a directory's config.json with one key of our object set; all else is as it was.
   *
   * @throws InvalidInputException if the model is not this project's
   */
  public static String withOurs(Path directory, String key, JsonObject value) {
    Path file = directory.resolve("config.json");
    if (ours(directory).isEmpty()) {
      throw new InvalidInputException(
          "%s has no key %s; give a model that this program wrote.", file, OURS);
    }
    JsonObject json = JsonParser.parseString(JsonFields.text(file)).getAsJsonObject();
    json.getAsJsonObject(OURS).add(key, value);
    return new GsonBuilder().serializeNulls().setPrettyPrinting().create().toJson(json) + "\n";
  }

  private void requireSequenceClassifier() {
    List<String> architectures = json.texts("architectures");
    if (!architectures.isEmpty() && !architectures.contains(SEQUENCE_CLASSIFIER)) {
      throw new InvalidInputException(
          "%s has the architecture %s, which does not classify texts; only %s does: train a"
              + " classifier from this model first.",
          file, Quoted.of(String.join(", ", architectures)), SEQUENCE_CLASSIFIER);
    }
  }

  /**
   * Reads the config.json of a directory that training may start from.
   *
   * @throws InvalidInputException naming the file and the key that is missing or wrong
   */
  public static Backbone backbone(Path directory) {
    ConfigJson config = new ConfigJson(directory.resolve("config.json"));
    return new Backbone(Family.of(config.json), config.sizes(directory, List.of()));
  }

  private BertConfig sizes(Path directory, List<String> labels) {
    return Family.of(json).sizes(json, lowerCase(directory), labels, heads());
  }

  private boolean lowerCase(Path directory) {
    Path tokenizer = directory.resolve("tokenizer_config.json");
    boolean beside =
        !Files.exists(tokenizer) || JsonFields.read(tokenizer).flag("do_lower_case", true);
    return json.flag("do_lower_case", beside);
  }

  private List<String> labels() {
    JsonFields named = json.object("id2label").orElse(null);
    if (named == null) {
      return List.of();
    }
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < named.keys().size(); i++) {
      String label =
          named
              .text(Integer.toString(i))
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          "id2label in %s lacks the key \"%d\"; its %d keys must be 0 to %d.",
                          file, labels.size(), named.keys().size(), named.keys().size() - 1));
      if (labels.contains(label)) {
        throw new InvalidInputException(
            "id2label in %s has the label %s twice; give each class a name of its own.",
            file, Quoted.of(label));
      }
      labels.add(label);
    }
    requireSameOrder(labels);
    return labels;
  }

  /** label2id is not needed; where it is there it must not name other classes. */
  private void requireSameOrder(List<String> labels) {
    if (json.isEmpty("label2id")) {
      return;
    }
    JsonFields ids = json.object("label2id").orElseThrow();
    for (int i = 0; i < labels.size(); i++) {
      double id = ids.between(labels.get(i), 0, Integer.MAX_VALUE, -1);
      if (id != i || ids.keys().size() != labels.size()) {
        throw new InvalidInputException(
            "id2label and label2id in %s name different classes (see %s); make them agree.",
            file, Quoted.of(labels.get(i)));
      }
    }
  }

  private BertConfig.Heads heads() {
    BertConfig.Heads paper = BertConfig.Heads.PAPER;
    JsonFields ours = json.object(OURS).orElse(null);
    if (ours == null) {
      return paper;
    }
    int size = ours.positive("head_hidden_size", paper.size());
    if (size > WIDEST_HEAD) {
      throw ours.mustBe("head_hidden_size", "at most " + WIDEST_HEAD);
    }
    return new BertConfig.Heads(
        size,
        dividing(size, ours, "gate_heads", paper.gateHeads()),
        dividing(size, ours, "classifier_heads", paper.classifierHeads()),
        ours.between("skip_threshold", 0, 1, paper.skipThreshold()),
        mechanism(ours));
  }

  private int dividing(int size, JsonFields ours, String key, int absent) {
    int heads = ours.positive(key, absent);
    if (size % heads != 0) {
      throw new InvalidInputException(
          "%s: head_hidden_size %d is not a multiple of %s %d.", file, size, key, heads);
    }
    return heads;
  }

  private Method.Mechanism mechanism(JsonFields ours) {
    String word = ours.text("method").orElse(Method.SMARTBERT.id());
    Method method =
        Arrays.stream(Method.values())
            .filter(m -> m.id().equals(word))
            .findFirst()
            .orElseThrow(
                () ->
                    ours.mustBe(
                        "method",
                        "one of: "
                            + Arrays.stream(Method.values())
                                .map(Method::id)
                                .collect(Collectors.joining(", "))));
    Method.Mechanism whole = method.mechanism();
    return new Method.Mechanism(
        method,
        ours.flag("gates", whole.skips()),
        ours.flag("exits", whole.exits()),
        lastClassifier(ours, method));
  }

  private static Method.Classifier lastClassifier(JsonFields ours, Method method) {
    String word = ours.text(LAST_CLASSIFIER).orElse(method.classifier().id());
    return Arrays.stream(Method.Classifier.values())
        .filter(classifier -> classifier.id().equals(word))
        .findFirst()
        .orElseThrow(() -> ours.mustBe(LAST_CLASSIFIER, "attention or pooler"));
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
    json.addProperty("hidden_dropout_prob", config.training().hiddenDropout());
    json.addProperty("attention_probs_dropout_prob", config.training().attentionDropout());
    json.addProperty("max_position_embeddings", config.maxPositions());
    json.addProperty("type_vocab_size", config.tokenTypes());
    json.addProperty("initializer_range", config.training().initializerRange());
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
    ours.addProperty("method", config.mechanism().method().id());
    ours.addProperty("gates", config.mechanism().skips());
    ours.addProperty("exits", config.mechanism().exits());
    ours.addProperty(LAST_CLASSIFIER, config.mechanism().last().id());
    ours.addProperty("head_hidden_size", config.heads().size());
    ours.addProperty("gate_heads", config.heads().gateHeads());
    ours.addProperty("classifier_heads", config.heads().classifierHeads());
    ours.addProperty("skip_threshold", config.heads().skipThreshold());
    json.add(OURS, ours);
    return new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n";
  }
}
