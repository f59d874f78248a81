package org.smartbert.backbones;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The tokenizer of a directory as the library alone has it, without padding and truncation: from
 * tokenizer.json, or from a vocab.txt in the way that transformers makes its fast BERT tokenizer.
 */
record LibraryTokenizer(HuggingFaceTokenizer tokenizer) implements AutoCloseable {
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  static LibraryTokenizer of(Path directory) throws IOException {
    Path file = directory.resolve("tokenizer.json");
    String json = Files.exists(file) ? Files.readString(file) : ofVocabulary(directory);
    return new LibraryTokenizer(
        HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
            Map.of("padding", "false", "truncation", "false")));
  }

  Encoding encode(String text) {
    return tokenizer.encode(text);
  }

  private static String ofVocabulary(Path directory) throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("vocab.txt"));
    JsonObject settings =
        JsonParser.parseString(Files.readString(directory.resolve("tokenizer_config.json")))
            .getAsJsonObject();
    JsonObject vocabulary = new JsonObject();
    for (int id = 0; id < lines.size(); id++) {
      vocabulary.addProperty(lines.get(id), id);
    }
    JsonArray added = new JsonArray();
    for (String token : SPECIAL) {
      JsonObject one = object("content", token);
      one.addProperty("id", lines.indexOf(token));
      for (String never : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        one.addProperty(never, false);
      }
      one.addProperty("special", true);
      added.add(one);
    }
    JsonObject normalizer = object("type", "BertNormalizer");
    normalizer.addProperty("clean_text", true);
    normalizer.addProperty("handle_chinese_chars", true);
    normalizer.add("strip_accents", JsonNull.INSTANCE);
    normalizer.add("lowercase", settings.get("do_lower_case"));
    JsonObject frame = object("type", "BertProcessing");
    frame.add("sep", pair("[SEP]", lines));
    frame.add("cls", pair("[CLS]", lines));
    JsonObject model = object("type", "WordPiece");
    model.addProperty("unk_token", "[UNK]");
    model.addProperty("continuing_subword_prefix", "##");
    model.addProperty("max_input_chars_per_word", 100);
    model.add("vocab", vocabulary);
    JsonObject all = object("version", "1.0");
    all.add("truncation", JsonNull.INSTANCE);
    all.add("padding", JsonNull.INSTANCE);
    all.add("added_tokens", added);
    all.add("normalizer", normalizer);
    all.add("pre_tokenizer", object("type", "BertPreTokenizer"));
    all.add("post_processor", frame);
    all.add("decoder", JsonNull.INSTANCE);
    all.add("model", model);
    return all.toString();
  }

  private static JsonObject object(String key, String value) {
    JsonObject object = new JsonObject();
    object.addProperty(key, value);
    return object;
  }

  private static JsonArray pair(String token, List<String> lines) {
    JsonArray pair = new JsonArray();
    pair.add(token);
    pair.add(lines.indexOf(token));
    return pair;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
