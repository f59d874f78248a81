package org.smartbert.model.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.smartbert.model.torch.NativeLibraries;

/**
 * Hugging Face's tokenizers, given a tokenizer.json made from what was checked, never the file
 * itself. The library numbers added tokens by itself from the size of the vocabulary on, whatever
 * their ids are and even onto ids that are taken; so it is given numbers without gaps, which are
 * translated back. Safe for many threads; owner of its native tokenizer.
 */
final class LibraryTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  /** The library's numbers to the model's ids. */
  private final int[] ids;

  private LibraryTokenizer(HuggingFaceTokenizer tokenizer, int[] ids) {
    this.tokenizer = tokenizer;
    this.ids = ids;
  }

  /** With those added tokens that are looked for in the normalised text. */
  static LibraryTokenizer of(TokenizerSpec spec) {
    List<Integer> ids = new ArrayList<>();
    JsonObject vocabulary = new JsonObject();
    spec.model().vocabulary().entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(
            entry -> {
              vocabulary.addProperty(entry.getKey(), ids.size());
              ids.add(entry.getValue());
            });
    JsonArray added = new JsonArray();
    for (AddedToken token : spec.added()) {
      if (token.normalized()) {
        boolean inVocabulary = vocabulary.has(token.content());
        added.add(
            added(token, inVocabulary ? vocabulary.get(token.content()).getAsInt() : ids.size()));
        if (!inVocabulary) {
          ids.add(token.id());
        }
      }
    }
    JsonObject json = new JsonObject();
    json.addProperty("version", "1.0");
    json.add("truncation", JsonNull.INSTANCE);
    json.add("padding", JsonNull.INSTANCE);
    json.add("added_tokens", added);
    json.add("normalizer", normalizer(spec.normalization()));
    json.add("pre_tokenizer", typed("BertPreTokenizer"));
    json.add("post_processor", JsonNull.INSTANCE);
    json.add("decoder", JsonNull.INSTANCE);
    json.add("model", wordPiece(spec, vocabulary));
    return new LibraryTokenizer(
        open(json.toString()), ids.stream().mapToInt(Integer::intValue).toArray());
  }

  private static HuggingFaceTokenizer open(String json) {
    NativeLibraries.locate();
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
          Map.of("truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD"));
    } catch (IOException e) {
      throw new UncheckedIOException("The tokenizer library could not be loaded", e);
    }
  }

  private static JsonObject typed(String type) {
    JsonObject json = new JsonObject();
    json.addProperty("type", type);
    return json;
  }

  private static JsonObject added(AddedToken token, int number) {
    JsonObject json = new JsonObject();
    json.addProperty("id", number);
    json.addProperty("content", token.content());
    json.addProperty("single_word", token.singleWord());
    json.addProperty("lstrip", token.matching().leftStrip());
    json.addProperty("rstrip", token.matching().rightStrip());
    json.addProperty("normalized", token.normalized());
    json.addProperty("special", token.special());
    return json;
  }

  private static JsonObject normalizer(Normalization normalization) {
    JsonObject json = typed("BertNormalizer");
    json.addProperty("clean_text", normalization.cleanText());
    json.addProperty("handle_chinese_chars", normalization.chineseChars());
    json.addProperty("strip_accents", normalization.stripsAccents());
    json.addProperty("lowercase", normalization.lowerCase());
    return json;
  }

  private static JsonObject wordPiece(TokenizerSpec spec, JsonObject vocabulary) {
    JsonObject json = typed("WordPiece");
    json.addProperty("unk_token", spec.model().unknown());
    json.addProperty("continuing_subword_prefix", spec.model().continuation());
    json.addProperty("max_input_chars_per_word", spec.model().maxWordCharacters());
    json.add("vocab", vocabulary);
    return json;
  }

  /** The model's ids of a part of a text. */
  int[] encode(String text) {
    boolean addSpecialTokens = false;
    boolean withOverflowingTokens = false;
    long[] numbers =
        tokenizer.encode(wellFormed(text), addSpecialTokens, withOverflowingTokens).getIds();
    int[] encoded = new int[numbers.length];
    for (int i = 0; i < encoded.length; i++) {
      encoded[i] = ids[Math.toIntExact(numbers[i])];
    }
    return encoded;
  }

  /** Half a surrogate pair is no character; it becomes U+FFFD, as in every UTF-8 writer. */
  private static String wellFormed(String text) {
    boolean whole = text.codePoints().noneMatch(LibraryTokenizer::isHalf);
    return whole
        ? text
        : text.codePoints()
            .map(c -> isHalf(c) ? 0xFFFD : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  private static boolean isHalf(int c) {
    return c >= 0xD800 && c <= 0xDFFF;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
