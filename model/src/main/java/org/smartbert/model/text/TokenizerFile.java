package org.smartbert.model.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Quoted;

/**
 * tokenizer.json of a BERT model, as Hugging Face's tokenizers write it: a WordPiece model behind
 * BertNormalizer and BertPreTokenizer, framed by [CLS] and [SEP]. Everything that decides about ids
 * is checked here, because the native library ends the process over some malformed files; the
 * decoder, and the file's own truncation and padding, decide about none.
 */
final class TokenizerFile {
  /** The library's search takes the square of it in each word; BERT's is 100. */
  private static final int MAX_WORD_CHARACTERS = 1000;

  private final Path file;

  private TokenizerFile(Path file) {
    this.file = file;
  }

  /**
   * Reads and checks a tokenizer.json.
   *
   * @throws InvalidInputException naming the key that is missing, malformed or not BERT's
   */
  static TokenizerSpec read(Path file) {
    return new TokenizerFile(file).spec(JsonNode.read(file));
  }

  private TokenizerSpec spec(JsonNode json) {
    json.find("version")
        .filter(v -> !v.text().equals("1.0"))
        .ifPresent(
            v -> {
              throw v.mustBe("\"1.0\"");
            });
    JsonNode model = json.require("model");
    requireWordPiece(model);
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    model.require("vocab").fields().values().forEach(t -> vocabulary.put(t.name(), t.natural()));
    int longest = model.require("max_input_chars_per_word").natural();
    if (longest < 1 || longest > MAX_WORD_CHARACTERS) {
      throw model
          .require("max_input_chars_per_word")
          .mustBe("an integer from 1 to " + MAX_WORD_CHARACTERS);
    }
    JsonNode unknown = model.require("unk_token");
    if (!vocabulary.containsKey(unknown.text())) {
      throw unknown.mustBe("a token of the vocabulary");
    }
    requireType(json.require("pre_tokenizer"), "pre_tokenizer", "BertPreTokenizer");
    TokenizerSpec spec =
        new TokenizerSpec(
            file,
            new TokenizerSpec.WordPieceModel(
                vocabulary,
                unknown.text(),
                model.require("continuing_subword_prefix").text(),
                longest),
            normalization(json.require("normalizer")),
            json.find("added_tokens").map(this::added).orElse(List.of()));
    new PostProcessor(spec).require(json.require("post_processor"));
    return spec;
  }

  /** Files of before 2021 do not name the type of their model. */
  private void requireWordPiece(JsonNode model) {
    Optional<JsonNode> type = model.find("type");
    if (type.isPresent()) {
      requireType(model, "model", "WordPiece");
    } else if (model.find("merges").isPresent()) {
      throw unsupported("model", "BPE", "WordPiece");
    }
  }

  private void requireType(JsonNode part, String key, String wanted) {
    String type = part.isNull() ? "null" : part.require("type").text();
    if (!type.equals(wanted)) {
      throw unsupported(key, type, wanted);
    }
  }

  private InvalidInputException unsupported(String key, String type, String wanted) {
    return new InvalidInputException(
        "The %s of %s is %s, and only BERT's %s is supported; use the tokenizer of a BERT model.",
        key, file, Quoted.of(type), wanted);
  }

  private Normalization normalization(JsonNode json) {
    requireType(json, "normalizer", "BertNormalizer");
    return new Normalization(
        json.require("clean_text").flag(),
        json.require("handle_chinese_chars").flag(),
        json.find("strip_accents").filter(s -> !s.isNull()).map(JsonNode::flag),
        json.require("lowercase").flag());
  }

  private List<AddedToken> added(JsonNode json) {
    List<AddedToken> added = new ArrayList<>();
    for (JsonNode token : json.list()) {
      boolean normalized = token.require("normalized").flag();
      added.add(
          new AddedToken(
              token.require("id").natural(),
              content(token.require("content"), normalized),
              new AddedToken.Matching(
                  token.require("single_word").flag(),
                  token.require("lstrip").flag(),
                  token.require("rstrip").flag(),
                  normalized),
              token.require("special").flag()));
    }
    return added;
  }

  /** What a token matches must be plain: a space at its ends, or nothing at all, is not. */
  private static String content(JsonNode json, boolean normalized) {
    String content = json.text();
    if (content.isEmpty()
        || isSpace(content.codePointAt(0))
        || isSpace(content.codePointBefore(content.length()))) {
      throw json.mustBe("a token without leading or trailing spaces");
    }
    if (normalized && content.codePoints().noneMatch(TokenizerFile::staysNormalized)) {
      throw json.mustBe("a token that the normalizer does not remove entirely");
    }
    return content;
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static boolean staysNormalized(int c) {
    return Character.isLetterOrDigit(c)
        || Set.of(
                Character.DASH_PUNCTUATION,
                Character.START_PUNCTUATION,
                Character.END_PUNCTUATION,
                Character.CONNECTOR_PUNCTUATION,
                Character.OTHER_PUNCTUATION,
                Character.INITIAL_QUOTE_PUNCTUATION,
                Character.FINAL_QUOTE_PUNCTUATION,
                Character.MATH_SYMBOL,
                Character.CURRENCY_SYMBOL,
                Character.MODIFIER_SYMBOL,
                Character.OTHER_SYMBOL)
            .contains((byte) Character.getType(c));
  }
}
