package org.smartbert.model.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;
import org.smartbert.model.bert.BertConfig;

/**
 * What tokenizer_config.json and config.json say about a tokenizer: with vocab.txt they set how
 * texts are normalised, with tokenizer.json they must not say otherwise. What cannot be honoured is
 * refused.
 */
final class TokenizerSettings {
  private static final Set<String> BERT = Set.of("BertTokenizer", "BertTokenizerFast");

  /** Classes of which tokenizer.json says all, and BERT's own. */
  private static final Set<String> WITH_FILE =
      Set.of("BertTokenizer", "BertTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend");

  private final Path directory;
  private final Optional<JsonNode> own;
  private final Optional<JsonNode> model;

  private TokenizerSettings(Path directory) {
    this.directory = directory;
    this.own = readIfThere("tokenizer_config.json");
    this.model = readIfThere("config.json");
  }

  static TokenizerSettings of(Path directory) {
    return new TokenizerSettings(directory);
  }

  private Optional<JsonNode> readIfThere(String name) {
    Path file = directory.resolve(name);
    return Files.exists(file) ? Optional.of(JsonNode.read(file)) : Optional.empty();
  }

  /** How the texts of a directory without tokenizer.json are normalised. */
  Normalization normalization(BertConfig config) {
    requireClass(BERT);
    requireNothingElse();
    Optional<JsonNode> lowerCase = setting("do_lower_case");
    Optional<Boolean> models = model.flatMap(m -> m.find("do_lower_case")).map(JsonNode::flag);
    if (lowerCase.isPresent() && models.isPresent() && lowerCase.get().flag() != models.get()) {
      throw new InvalidInputException(
          "do_lower_case is %s in %s and %s in %s; make them equal.",
          lowerCase.get().flag(),
          lowerCase.get().file(),
          models.get(),
          directory.resolve("config.json"));
    }
    return new Normalization(
        true,
        setting("tokenize_chinese_chars").map(JsonNode::flag).orElse(true),
        accentStripping().map(JsonNode::flag),
        lowerCase.map(JsonNode::flag).orElse(config.lowerCase()));
  }

  /** Refuses a tokenizer_config.json that contradicts the tokenizer.json in its directory. */
  void requireAgreesWith(Path file, Normalization normalization) {
    requireClass(WITH_FILE);
    requireNothingElse();
    requireEqual(setting("do_lower_case"), "lowercase", normalization.lowerCase(), file);
    requireEqual(
        setting("tokenize_chinese_chars"),
        "handle_chinese_chars",
        normalization.chineseChars(),
        file);
    requireEqual(accentStripping(), "strip_accents", normalization.stripsAccents(), file);
  }

  private Optional<JsonNode> setting(String key) {
    return own.flatMap(json -> json.find(key));
  }

  /** Null says that accents go with the case, as does a missing key. */
  private Optional<JsonNode> accentStripping() {
    return setting("strip_accents").filter(json -> !json.isNull());
  }

  private static void requireEqual(
      Optional<JsonNode> setting, String theirKey, boolean theirs, Path file) {
    if (setting.isPresent() && setting.get().flag() != theirs) {
      throw new InvalidInputException(
          "%s is %s in %s, and %s is %s in %s; make them equal.",
          setting.get().name(), setting.get().flag(), setting.get().file(), theirKey, theirs, file);
    }
  }

  private void requireClass(Set<String> supported) {
    for (Optional<JsonNode> file : List.of(own, model)) {
      Optional<JsonNode> name = file.flatMap(f -> f.find("tokenizer_class"));
      name = name.filter(n -> !n.isNull());
      if (name.isPresent() && !supported.contains(name.get().text())) {
        throw new InvalidInputException(
            "The tokenizer_class in %s is %s%s; only BERT's tokenizers are supported.",
            name.get().file(),
            Quoted.of(name.get().text()),
            WITH_FILE.contains(name.get().text()) ? ", and there is no tokenizer.json" : "");
      }
    }
  }

  private void requireNothingElse() {
    Optional<JsonNode> basic = setting("do_basic_tokenize");
    if (basic.isPresent() && !basic.get().flag()) {
      throw new InvalidInputException(
          "do_basic_tokenize is false in %s, which is not supported; use a model with basic"
              + " tokenization.",
          basic.get().file());
    }
    Optional<JsonNode> never = setting("never_split").filter(n -> !n.isNull());
    if (never.isPresent() && !never.get().list().isEmpty()) {
      throw new InvalidInputException(
          "never_split in %s names %s, which is not supported; save these tokens as added tokens of"
              + " a tokenizer.json.",
          never.get().file(), Quoted.of(never.get().list().get(0).text()));
    }
  }
}
