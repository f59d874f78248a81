package org.smartbert.model.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.model.InvalidInputException;

/** Derives the tokenizer.json of a directory that holds vocab.txt alone. */
final class BertTokenizerJson {
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
  private static final List<String> NEEDED = List.of("[UNK]", "[CLS]", "[SEP]");

  private BertTokenizerJson() {}

  static String derive(Path vocabulary, boolean lowerCase) {
    Map<String, Integer> ids = read(vocabulary);
    for (String token : NEEDED) {
      if (!ids.containsKey(token)) {
        throw new InvalidInputException(
            "The vocabulary %s lacks the token %s; use the vocab.txt of a BERT model.",
            vocabulary, token);
      }
    }
    JsonObject json = new JsonObject();
    json.addProperty("version", "1.0");
    JsonArray added = new JsonArray();
    SPECIAL.stream().filter(ids::containsKey).forEach(t -> added.add(addedToken(t, ids.get(t))));
    json.add("added_tokens", added);
    json.add("normalizer", normalizer(lowerCase));
    json.add("pre_tokenizer", typed("BertPreTokenizer"));
    json.add("post_processor", template(ids));
    JsonObject decoder = typed("WordPiece");
    decoder.addProperty("prefix", "##");
    decoder.addProperty("cleanup", true);
    json.add("decoder", decoder);
    json.add("model", wordPiece(ids));
    return json.toString();
  }

  /** One token a line, its number the line's; the last of equal lines counts. */
  private static Map<String, Integer> read(Path vocabulary) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    try {
      List<String> lines = Files.readAllLines(vocabulary);
      for (int i = 0; i < lines.size(); i++) {
        ids.put(lines.get(i), i);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The vocabulary " + vocabulary + " could not be read", e);
    }
    return ids;
  }

  private static JsonObject typed(String type) {
    JsonObject json = new JsonObject();
    json.addProperty("type", type);
    return json;
  }

  private static JsonObject addedToken(String token, int id) {
    JsonObject json = new JsonObject();
    json.addProperty("id", id);
    json.addProperty("content", token);
    for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
      json.addProperty(flag, false);
    }
    json.addProperty("special", true);
    return json;
  }

  private static JsonObject normalizer(boolean lowerCase) {
    JsonObject json = typed("BertNormalizer");
    json.addProperty("clean_text", true);
    json.addProperty("handle_chinese_chars", true);
    json.add("strip_accents", null);
    json.addProperty("lowercase", lowerCase);
    return json;
  }

  private static JsonObject template(Map<String, Integer> ids) {
    JsonObject json = typed("TemplateProcessing");
    JsonArray single = new JsonArray();
    single.add(piece("SpecialToken", "[CLS]", 0));
    single.add(piece("Sequence", "A", 0));
    single.add(piece("SpecialToken", "[SEP]", 0));
    JsonArray pair = single.deepCopy();
    pair.add(piece("Sequence", "B", 1));
    pair.add(piece("SpecialToken", "[SEP]", 1));
    json.add("single", single);
    json.add("pair", pair);
    JsonObject special = new JsonObject();
    for (String token : List.of("[CLS]", "[SEP]")) {
      JsonObject entry = new JsonObject();
      JsonArray numbers = new JsonArray();
      JsonArray tokens = new JsonArray();
      numbers.add(ids.get(token));
      tokens.add(token);
      entry.addProperty("id", token);
      entry.add("ids", numbers);
      entry.add("tokens", tokens);
      special.add(token, entry);
    }
    json.add("special_tokens", special);
    return json;
  }

  private static JsonObject piece(String kind, String id, int type) {
    JsonObject inner = new JsonObject();
    inner.addProperty("id", id);
    inner.addProperty("type_id", type);
    JsonObject outer = new JsonObject();
    outer.add(kind, inner);
    return outer;
  }

  private static JsonObject wordPiece(Map<String, Integer> ids) {
    JsonObject json = typed("WordPiece");
    json.addProperty("unk_token", "[UNK]");
    json.addProperty("continuing_subword_prefix", "##");
    json.addProperty("max_input_chars_per_word", 100);
    JsonObject vocabulary = new JsonObject();
    ids.forEach(vocabulary::addProperty);
    json.add("vocab", vocabulary);
    return json;
  }
}
