package org.smartbert.model.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;

/**
 * A tokenizer.json of many scripts, as Hugging Face writes it, and what their library makes of it.
 */
final class TokenizerFixture {
  static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private TokenizerFixture() {}

  /** Letters alone and inside words, Chinese characters, accents, marks and symbols. */
  static List<String> vocabulary() {
    List<String> vocabulary = new ArrayList<>(SPECIAL);
    String pieces =
        "a b c d e x y 0 1 . , - [ ] _ = new york \u4f60 \u597d \u00e9 \u03b1 \u0430 \uac00"
            + " \u1100 \ud83d\ude00 \u0301 \u0e01 !";
    for (String piece : pieces.split(" ", -1)) {
      vocabulary.add(piece);
      vocabulary.add("##" + piece);
    }
    return vocabulary;
  }

  /** With these added tokens besides the special ones. */
  static JsonObject json(List<String> vocabulary, JsonObject... added) {
    JsonObject json =
        JsonParser.parseString(
                """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
                 "normalizer": {"type": "BertNormalizer", "clean_text": true,
                   "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "post_processor": {"type": "TemplateProcessing",
                   "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                     {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
                   "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                     {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 1}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
                   "special_tokens": {
                     "[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                     "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
                 "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
                 "model": {"type": "WordPiece", "unk_token": "[UNK]",
                   "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                   "vocab": {}}}
                """)
            .getAsJsonObject();
    JsonObject vocab = json.getAsJsonObject("model").getAsJsonObject("vocab");
    vocabulary.forEach(token -> vocab.addProperty(token, vocabulary.indexOf(token)));
    JsonArray tokens = json.getAsJsonArray("added_tokens");
    SPECIAL.forEach(token -> tokens.add(added(vocabulary.indexOf(token), token, "special")));
    Arrays.stream(added).forEach(tokens::add);
    return json;
  }

  /** An added token whose named flags are true. */
  static JsonObject added(int id, String content, String... flags) {
    JsonObject json = new JsonObject();
    json.addProperty("id", id);
    json.addProperty("content", content);
    for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
      json.addProperty(flag, List.of(flags).contains(flag));
    }
    return json;
  }

  static JsonObject normalizer(JsonObject json) {
    return json.getAsJsonObject("normalizer");
  }

  /** A configuration with this many embedding rows and 48 positions. */
  static BertConfig config(int rows) {
    return withTypes(rows, 2);
  }

  static BertConfig withTypes(int rows, int tokenTypes) {
    return TinyModels.config(1, 16, 2).with(new BertConfig.Embeddings(rows, 512, tokenTypes));
  }

  static Path write(Path directory, String file, String text) {
    try {
      Files.createDirectories(directory);
      return Files.writeString(directory.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TextEncoder open(Path directory, JsonObject json, int maxTokens) {
    write(directory, "tokenizer.json", json.toString());
    return TextEncoder.open(directory, config(500), maxTokens);
  }

  /** The library itself, which reads texts whole. */
  static HuggingFaceTokenizer library(JsonObject json, int maxTokens) {
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)),
          Map.of(
              "truncation", "LONGEST_FIRST",
              "maxLength", Integer.toString(maxTokens),
              "padding", "DO_NOT_PAD"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ids, token types and whether it was truncated, to compare. */
  static String shown(Encoding encoding) {
    return Arrays.toString(encoding.getIds())
        + Arrays.toString(encoding.getTypeIds())
        + encoding.exceedMaxLength();
  }

  static String shown(EncodedText row) {
    return Arrays.toString(row.inputIds()) + Arrays.toString(row.tokenTypeIds()) + row.truncated();
  }
}
