package org.smartbert.model.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;

/**
 * Texts to word pieces with Hugging Face's tokenizers. One text keeps its first pieces; of a pair
 * the longer text loses pieces first. Safe for many threads; owner of its native tokenizer.
 */
public final class TextEncoder implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;
  private final WordPieces words;
  private final int maxTokens;

  private TextEncoder(HuggingFaceTokenizer tokenizer, JsonObject json, int maxTokens) {
    this.tokenizer = tokenizer;
    this.words = WordPieces.of(tokenizer, json);
    this.maxTokens = maxTokens;
  }

  /**
   * Opens a model directory's tokenizer.json, or derives one from its vocab.txt.
   *
   * @param maxTokens longest row, [CLS] and [SEP] counted
   * @throws InvalidInputException if the vocabulary is larger than the embedding, or maxTokens than
   *     the positions
   */
  public static TextEncoder open(Path directory, BertConfig config, int maxTokens) {
    if (maxTokens < 3 || maxTokens > config.maxPositions()) {
      throw new InvalidInputException(
          "The maximum length %d does not fit the model in %s, which takes 3 to %d tokens.",
          maxTokens, directory, config.maxPositions());
    }
    Path file = directory.resolve("tokenizer.json");
    String json;
    try {
      if (Files.exists(file)) {
        json = Files.readString(file);
      } else {
        file = directory.resolve("vocab.txt");
        json = BertTokenizerJson.derive(file, config.lowerCase());
      }
      requireFits(file, json, config);
      Map<String, String> options =
          Map.of(
              "truncation", "LONGEST_FIRST",
              "maxLength", Integer.toString(maxTokens),
              "padding", "DO_NOT_PAD");
      return new TextEncoder(
          HuggingFaceTokenizer.newInstance(
              new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), options),
          JsonParser.parseString(json).getAsJsonObject(),
          maxTokens);
    } catch (IOException e) {
      throw new UncheckedIOException("The tokenizer " + file + " could not be read", e);
    }
  }

  private static void requireFits(Path file, String json, BertConfig config) {
    int largest = -1;
    try {
      JsonObject vocabulary =
          JsonParser.parseString(json)
              .getAsJsonObject()
              .getAsJsonObject("model")
              .getAsJsonObject("vocab");
      for (Map.Entry<String, JsonElement> entry : vocabulary.entrySet()) {
        largest = Math.max(largest, entry.getValue().getAsInt());
      }
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      throw new InvalidInputException(
          e, "%s is not a WordPiece tokenizer; use the tokenizer.json of a BERT model.", file);
    }
    if (largest >= config.vocabSize()) {
      throw new InvalidInputException(
          "The vocabulary %s has %d tokens, and the model's embedding has %d rows; use the"
              + " vocabulary that belongs to the weights.",
          file, largest + 1, config.vocabSize());
    }
  }

  public EncodedText encode(String text) {
    return words == null ? encodeWhole(text) : words.encode(text, maxTokens);
  }

  /** The same by the library alone. */
  EncodedText encodeWhole(String text) {
    return toRow(tokenizer.encode(beginning(text), true, true));
  }

  /** A pair of texts; a null second one makes it a single text. */
  public EncodedText encode(String first, String second) {
    if (second == null) {
      return encode(first);
    }
    return toRow(tokenizer.encode(first, second, true, true));
  }

  /**
   * As much of a text as can matter, so that a novel in a row costs no more than a page: a stretch
   * between spaces that holds an ASCII letter or digit is at least one word piece, and the text is
   * cut after {@code maxTokens} of them.
   */
  private String beginning(String text) {
    if (text.length() <= maxTokens) {
      return text;
    }
    int words = 0;
    boolean counted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ') {
        if (words == maxTokens) {
          return text.substring(0, i);
        }
        counted = false;
      } else if (!counted && isAsciiLetterOrDigit(c)) {
        counted = true;
        words++;
      }
    }
    return text;
  }

  private static boolean isAsciiLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static EncodedText toRow(Encoding encoding) {
    return new EncodedText(
        Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray(),
        Arrays.stream(encoding.getTypeIds()).mapToInt(Math::toIntExact).toArray(),
        encoding.exceedMaxLength());
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
