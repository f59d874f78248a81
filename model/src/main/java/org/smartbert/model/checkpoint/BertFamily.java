package org.smartbert.model.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;
import org.smartbert.model.bert.BertConfig;

/** Hugging Face's BertModel. */
record BertFamily() implements Family {
  static final String MODEL_TYPE = "bert";

  private static final String PREFIX = "bert.";

  /** Tanh of a linear map of the [CLS] token; the classifier takes it in. */
  private static final String POOLER = "bert.pooler.dense";

  private static final String CLASSIFIER = "classifier";
  private static final double MAX_DROPOUT = 0.99;

  /** As {@code DataParallel} saves a network. */
  private static final String WRAPPED = "module.";

  private static final Set<String> TOKENIZERS =
      Set.of("BertTokenizer", "BertTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend");

  @Override
  public int positionOffset() {
    return 0;
  }

  @Override
  public int tokenTypes(JsonFields config) {
    return config.positive("type_vocab_size", 2);
  }

  @Override
  public BertConfig sizes(
      JsonFields config, boolean lowerCase, List<String> labels, BertConfig.Heads heads) {
    requirePlainBert(config);
    int hidden = config.positive("hidden_size");
    int attentionHeads = config.positive("num_attention_heads");
    if (hidden % attentionHeads != 0) {
      throw new InvalidInputException(
          "%s: hidden_size %d is not a multiple of num_attention_heads %d.",
          config.file(), hidden, attentionHeads);
    }
    return new BertConfig(
        new BertConfig.Embeddings(
            config.positive("vocab_size"),
            config.positive("max_position_embeddings") - positionOffset(),
            tokenTypes(config)),
        new BertConfig.Encoder(
            config.positive("num_hidden_layers"),
            hidden,
            attentionHeads,
            config.positive("intermediate_size"),
            // Below float32's smallest normal number, the reciprocal square root is infinite for a
            // variance of 0.
            config.between(
                "layer_norm_eps", Float.MIN_NORMAL, 1, BertConfig.Encoder.LAYER_NORM_EPS)),
        training(config),
        lowerCase,
        labels,
        heads);
  }

  private static BertConfig.Training training(JsonFields config) {
    BertConfig.Training bert = BertConfig.Training.DEFAULT;
    return new BertConfig.Training(
        config.between("hidden_dropout_prob", 0, MAX_DROPOUT, bert.hiddenDropout()),
        config.between("attention_probs_dropout_prob", 0, MAX_DROPOUT, bert.attentionDropout()),
        config.between("initializer_range", 0, 10, bert.initializerRange()));
  }

  /** Refuses, by name, every key that makes another network of the same tensors. */
  private static void requirePlainBert(JsonFields config) {
    requireText(config, "hidden_act", "gelu");
    requireText(config, "position_embedding_type", "absolute");
    requireText(config, "feed_forward_type", "original");
    for (String key : List.of("is_decoder", "add_cross_attention", "is_encoder_decoder")) {
      if (config.flag(key, false)) {
        throw new InvalidInputException(
            "%s has %s true; only encoders are supported.", config.file(), key);
      }
    }
    requireEmpty(config, "pruned_heads", "networks with pruned heads are not supported");
    requireEmpty(config, "auto_map", "networks with custom code are not supported");
    requireEmpty(config, "quantization_config", "save the weights as F32, F16 or BF16");
    requireEmpty(config, "adapters", "merge the adapters into the weights and save them again");
    if (!config.isEmpty("tokenizer_class")
        && !TOKENIZERS.contains(config.text("tokenizer_class").orElseThrow())) {
      throw new InvalidInputException(
          "The tokenizer_class in %s is %s; only BERT's tokenizers are supported.",
          config.file(), config.shown("tokenizer_class"));
    }
  }

  private static void requireText(JsonFields config, String key, String supported) {
    if (!config.text(key).orElse(supported).equals(supported)) {
      throw new InvalidInputException(
          "%s has the %s %s; only %s is supported.",
          config.file(), key, config.shown(key), supported);
    }
  }

  private static void requireEmpty(JsonFields config, String key, String remedy) {
    if (!config.isEmpty(key)) {
      throw new InvalidInputException(
          "%s has the key %s with a value; %s.", config.file(), key, remedy);
    }
  }

  @Override
  public Map<String, String> canonicalNames(Collection<String> names, Path file) {
    boolean prefixed = names.stream().anyMatch(name -> unwrapped(name).startsWith(PREFIX));
    Map<String, String> canonical = new HashMap<>();
    for (String name : names) {
      String ours =
          (prefixed ? "" : PREFIX)
              + unwrapped(name)
                  .replace("LayerNorm.gamma", "LayerNorm.weight")
                  .replace("LayerNorm.beta", "LayerNorm.bias");
      String other = canonical.put(ours, name);
      if (other != null && ours.startsWith(PREFIX)) {
        throw new InvalidInputException(
            "The tensors %s and %s in %s are both %s; save only the network that is meant.",
            Quoted.of(other), Quoted.of(name), file, Quoted.of(ours));
      }
    }
    return canonical;
  }

  @Override
  public Map<String, String> classifierNames(Collection<String> names, int layers, Path file) {
    Map<String, String> canonical = new HashMap<>(canonicalNames(names, file));
    String head = "classifiers." + (layers - 1) + ".";
    for (String part : List.of(".weight", ".bias")) {
      rename(canonical, POOLER + part, head + "dense" + part, file);
      rename(canonical, CLASSIFIER + part, head + "output" + part, file);
    }
    return canonical;
  }

  private static void rename(Map<String, String> names, String theirs, String ours, Path file) {
    String name = names.remove(theirs);
    if (name == null) {
      throw new InvalidInputException(
          "Tensor %s is missing from %s, and no text can be classified without it; train a"
              + " classifier from this model first.",
          theirs, file);
    }
    names.put(ours, name);
  }

  private static String unwrapped(String name) {
    return name.startsWith(WRAPPED) ? name.substring(WRAPPED.length()) : name;
  }
}
