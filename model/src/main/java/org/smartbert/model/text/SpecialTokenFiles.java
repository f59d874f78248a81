package org.smartbert.model.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * What added_tokens.json, special_tokens_map.json and tokenizer_config.json say about tokens. The
 * tokenizer knows its tokens from tokenizer.json or vocab.txt alone, so a token that only these
 * files name, or name otherwise, is refused.
 */
final class SpecialTokenFiles {
  private static final Map<String, String> FIXED =
      Map.of("cls_token", TokenizerSpec.CLS, "sep_token", TokenizerSpec.SEP);
  private static final List<String> OTHERS = List.of("pad_token", "mask_token");
  private static final List<String> LISTS =
      List.of("additional_special_tokens", "extra_special_tokens");

  private final TokenizerSpec spec;
  private final Map<String, Integer> added = new HashMap<>();

  private SpecialTokenFiles(TokenizerSpec spec) {
    this.spec = spec;
    spec.added().forEach(token -> added.put(token.content(), token.id()));
  }

  /**
   * Checks the files of a directory.
   *
   * @throws InvalidInputException naming the file and the token
   */
  static void requireAgree(Path directory, TokenizerSpec spec) {
    SpecialTokenFiles check = new SpecialTokenFiles(spec);
    read(directory, "special_tokens_map.json").ifPresent(check::requireNames);
    read(directory, "tokenizer_config.json").ifPresent(check::requireNames);
    read(directory, "tokenizer_config.json")
        .flatMap(json -> json.find("added_tokens_decoder"))
        .ifPresent(check::requireDecoder);
    read(directory, "added_tokens.json")
        .ifPresent(
            json ->
                json.fields().values().forEach(t -> check.requireAdded(t, t.name(), t.natural())));
  }

  private static Optional<JsonNode> read(Path directory, String name) {
    Path file = directory.resolve(name);
    return Files.exists(file) ? Optional.of(JsonNode.read(file)) : Optional.empty();
  }

  private void requireNames(JsonNode json) {
    FIXED.forEach((key, token) -> json.find(key).ifPresent(n -> requireName(n, token)));
    json.find("unk_token").ifPresent(n -> requireName(n, spec.model().unknown()));
    for (String key : OTHERS) {
      json.find(key).ifPresent(n -> requireKnown(n, content(n)));
    }
    for (String key : LISTS) {
      json.find(key)
          .filter(n -> !n.isNull())
          .ifPresent(n -> tokens(n).forEach(token -> requireKnown(token, content(token))));
    }
  }

  /** extra_special_tokens is a list, or an object of names. */
  private static Stream<JsonNode> tokens(JsonNode json) {
    return json.isList() ? json.list().stream() : new ArrayList<>(json.fields().values()).stream();
  }

  private static void requireName(JsonNode json, String wanted) {
    if (!content(json).equals(wanted)) {
      throw json.mustBe("\"" + Quoted.of(wanted) + "\"");
    }
  }

  /** A token is written as a string, or as an object with its content. */
  private static String content(JsonNode json) {
    return json.isText() ? json.text() : json.require("content").text();
  }

  /** [PAD] and [MASK] may be named where the vocabulary has none: no text is padded or masked. */
  private void requireKnown(JsonNode json, String token) {
    if (!added.containsKey(token) && !VocabularyFile.SPECIAL.contains(token)) {
      throw unknown(json, token);
    }
  }

  private void requireDecoder(JsonNode json) {
    json.fields()
        .values()
        .forEach(
            entry -> {
              String token = entry.require("content").text();
              requireAdded(entry, token, added.getOrDefault(token, -1));
              if (!entry.name().equals(Integer.toString(added.get(token)))) {
                throw other(entry, token, added.get(token));
              }
            });
  }

  private void requireAdded(JsonNode json, String token, int id) {
    Integer known = added.get(token);
    if (known == null) {
      throw unknown(json, token);
    }
    if (known != id) {
      throw other(json, token, known);
    }
  }

  private InvalidInputException unknown(JsonNode json, String token) {
    return new InvalidInputException(
        "%s adds the token %s, which is no added token of %s; save the tokenizer as a"
            + " tokenizer.json that holds it.",
        json.file(), Quoted.of(token), spec.file());
  }

  private InvalidInputException other(JsonNode json, String token, int id) {
    return new InvalidInputException(
        "%s gives the token %s another id than %s, where it is %d; make them equal.",
        json.file(), Quoted.of(token), spec.file(), id);
  }
}
