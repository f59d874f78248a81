package org.smartbert.model.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers the word pieces of what stands between two spaces. BERT's normaliser and pre-tokeniser
 * look at no more than that, so the library, which makes the pieces, need see a word once only.
 * Safe for many threads.
 */
final class WordPieces {
  /** Entries at most; of a language's words the frequent ones come early. */
  private static final int MOST_ENTRIES = 200_000;

  private static final int LONGEST_WORD = 64;

  private final HuggingFaceTokenizer tokenizer;
  private final int first;
  private final int last;
  private final Map<String, int[]> known = new ConcurrentHashMap<>();

  private WordPieces(HuggingFaceTokenizer tokenizer, int first, int last) {
    this.tokenizer = tokenizer;
    this.first = first;
    this.last = last;
  }

  /** For a tokenizer, or null where its tokenizer.json is not BERT's kind. */
  static WordPieces of(HuggingFaceTokenizer tokenizer, JsonObject json) {
    long[] frame = tokenizer.encode("").getIds();
    boolean local =
        isType(json, "normalizer", "BertNormalizer")
            && isType(json, "pre_tokenizer", "BertPreTokenizer")
            && isType(json, "model", "WordPiece")
            && !addedTokensHoldSpaces(json)
            && frame.length == 2;
    return local ? new WordPieces(tokenizer, (int) frame[0], (int) frame[1]) : null;
  }

  private static boolean isType(JsonObject json, String part, String type) {
    return json.has(part)
        && json.get(part).isJsonObject()
        && json.getAsJsonObject(part).has("type")
        && json.getAsJsonObject(part).get("type").getAsString().equals(type);
  }

  private static boolean addedTokensHoldSpaces(JsonObject json) {
    if (json.has("added_tokens")) {
      for (JsonElement token : json.getAsJsonArray("added_tokens")) {
        if (token.getAsJsonObject().get("content").getAsString().indexOf(' ') >= 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** A text as a row of at most {@code maxTokens}; reads no further than those need. */
  EncodedText encode(String text, int maxTokens) {
    int[] ids = new int[Math.min(maxTokens, 32)];
    ids[0] = first;
    int count = 1;
    int from = 0;
    boolean truncated = false;
    while (from < text.length() && !truncated) {
      int space = text.indexOf(' ', from);
      int to = space < 0 ? text.length() : space;
      if (to > from) {
        int[] pieces = pieces(text.substring(from, to));
        int room = maxTokens - 1 - count;
        int taken = Math.min(room, pieces.length);
        truncated = pieces.length > room;
        if (count + taken + 1 > ids.length) {
          ids = Arrays.copyOf(ids, Math.min(maxTokens, 2 * (count + taken + 1)));
        }
        System.arraycopy(pieces, 0, ids, count, taken);
        count += taken;
      }
      from = to + 1;
    }
    ids[count++] = last;
    return new EncodedText(Arrays.copyOf(ids, count), new int[count], truncated);
  }

  private int[] pieces(String word) {
    int[] pieces = known.get(word);
    if (pieces == null) {
      boolean addSpecialTokens = false;
      boolean withOverflowingTokens = false;
      pieces =
          Arrays.stream(tokenizer.encode(word, addSpecialTokens, withOverflowingTokens).getIds())
              .mapToInt(Math::toIntExact)
              .toArray();
      if (word.length() <= LONGEST_WORD && known.size() < MOST_ENTRIES) {
        known.put(word, pieces);
      }
    }
    return pieces;
  }
}
