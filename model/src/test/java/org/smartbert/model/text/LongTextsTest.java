package org.smartbert.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts are read in parts and no further than needed; the library reads them whole. */
class LongTextsTest {
  private static final String[] PIECES = {
    "a",
    "b",
    "ab",
    "xyz",
    "e",
    "New York",
    "new york",
    "NEW\tYORK",
    "new",
    "york",
    " ",
    "  ",
    "\t",
    "\n",
    "\u00a0",
    "\u3000",
    "\u2028",
    ".",
    ",",
    "-",
    "_",
    "=",
    "[",
    "]",
    "[MASK]",
    "[SEP]",
    "[mask]",
    "[MA",
    "SK]",
    "\u4f60",
    "\u597d",
    "\u4f60\u597d",
    "\u3002",
    "\uff0c",
    "\u00e9",
    "e\u0301",
    "\u0301",
    "\u2260",
    "\u03b1",
    "\u0391",
    "\u0430",
    "\uac00",
    "\u0e01\u0e31",
    "\ud83d\ude00",
    "\ud83d\udc68\u200d\ud83d\udc69",
    "\ufe0f",
    "\u0000",
    "\u0007",
    "\u000b",
    "\u0085",
    "\u200b",
    "\ufffd",
    "\ue000",
    "\u0130",
    "\u2028",
    "caf\u00e9 au",
    "caf\u00e9",
    "cov19",
    "COV19",
    "<x y>",
    "<x",
    "y>",
    "\u212a",
    "0",
    "10",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "\u4f60x",
    "1 0",
    "\u0f0b",
    "\u055a",
    "\u0378",
    "\u20dd"
  };

  @TempDir Path folder;

  /** Sets of added tokens, each with another reason to be careful where to cut. */
  static Stream<JsonObject> tokenizers() {
    List<String> v = TokenizerFixture.vocabulary();
    int n = v.size();
    JsonObject cased = TokenizerFixture.json(v);
    TokenizerFixture.normalizer(cased).addProperty("lowercase", false);
    JsonObject accents = TokenizerFixture.json(v);
    TokenizerFixture.normalizer(accents).addProperty("strip_accents", false);
    JsonObject chinese = TokenizerFixture.json(v);
    TokenizerFixture.normalizer(chinese).addProperty("handle_chinese_chars", false);
    JsonObject unclean = TokenizerFixture.json(v);
    TokenizerFixture.normalizer(unclean).addProperty("clean_text", false);
    return Stream.of(
        TokenizerFixture.json(v),
        cased,
        accents,
        chinese,
        unclean,
        TokenizerFixture.json(v, token(n, "<x y>"), token(n + 1, "\u4f60\u597d")),
        TokenizerFixture.json(v, token(n, "ab", "single_word"), token(n + 1, "b", "lstrip")),
        TokenizerFixture.json(
            v, token(n, "a b", "single_word"), token(n + 1, "b"), token(n + 2, "[", "rstrip")),
        TokenizerFixture.json(v, token(n, "new york", "normalized")),
        TokenizerFixture.json(v, token(n, "cov19", "normalized"), token(n + 1, "xyz")),
        TokenizerFixture.json(v, token(n, "cov19", "normalized", "single_word")),
        TokenizerFixture.json(
            v, token(n, "caf\u00e9 au", "normalized"), token(n + 1, "e-", "normalized")),
        TokenizerFixture.json(v, token(n, "\u4f60", "normalized", "lstrip", "rstrip")),
        TokenizerFixture.json(
            v, token(n, "new", "normalized", "single_word"), token(n, "New York")));
  }

  private static JsonObject token(int id, String content, String... flags) {
    boolean known = TokenizerFixture.vocabulary().contains(content);
    int own = known ? TokenizerFixture.vocabulary().indexOf(content) : id;
    return TokenizerFixture.added(own, content, flags);
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void textsAndPairsAreTheLibrarysAtEveryLength(JsonObject json) {
    Random random = new Random(7);
    for (int maxTokens : new int[] {3, 4, 7, 41, 200, 512}) {
      try (TextEncoder encoder = TokenizerFixture.open(folder, json, maxTokens);
          HuggingFaceTokenizer library = TokenizerFixture.library(json, maxTokens)) {
        for (int i = 0; i < 25; i++) {
          String first = text(random, i);
          String second = text(random, random.nextInt(40));
          assertThat(TokenizerFixture.shown(encoder.encode(first)))
              .as("%d tokens of %s", maxTokens, escaped(first))
              .isEqualTo(TokenizerFixture.shown(library.encode(first, true, true)));
          assertThat(TokenizerFixture.shown(encoder.encode(first, second)))
              .as("%d tokens of %s and %s", maxTokens, escaped(first), escaped(second))
              .isEqualTo(TokenizerFixture.shown(library.encode(first, second, true, true)));
        }
      }
    }
  }

  /** Words of a few pieces, or one part of many; now and then one piece again and again. */
  private static String text(Random random, int kind) {
    StringBuilder text = new StringBuilder();
    int pieces = random.nextInt(kind % 5 == 0 ? 200 : 30);
    boolean spaces = kind % 3 != 0;
    for (int i = 0; i < pieces; i++) {
      String piece = PIECES[random.nextInt(PIECES.length)];
      text.append(random.nextInt(40) == 0 ? piece.repeat(random.nextInt(150)) : piece);
      if (spaces && random.nextInt(3) == 0) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(
            c ->
                escaped.append(
                    c >= ' ' && c < 127 ? Character.toString(c) : String.format("\\u%04x", c)));
    return escaped.toString();
  }

  /** Each character alone, many times without a space, and in the middle of a long word. */
  @Test
  void everyCharacterIsTheLibrarysInLongWords() {
    List<String> different = new ArrayList<>();
    for (String flag : new String[] {"", "strip_accents", "handle_chinese_chars", "clean_text"}) {
      JsonObject json = TokenizerFixture.json(TokenizerFixture.vocabulary());
      json.getAsJsonObject("model").addProperty("max_input_chars_per_word", 20);
      if (!flag.isEmpty()) {
        TokenizerFixture.normalizer(json).addProperty(flag, false);
      }
      try (TextEncoder encoder = TokenizerFixture.open(folder, json, 512);
          HuggingFaceTokenizer library = TokenizerFixture.library(json, 512)) {
        for (int c = 0; c < 0x32000; c += step(c, flag)) {
          if (c < 0xD800 || c > 0xDFFF) {
            String one = Character.toString(c);
            String text =
                "a" + one + "b" + one.repeat(66) + " " + "ab" + one + "a".repeat(66) + one;
            if (!TokenizerFixture.shown(encoder.encode(text))
                .equals(TokenizerFixture.shown(library.encode(text, true, true)))) {
              different.add(String.format("U+%04X %s", c, flag));
            }
          }
        }
      }
    }
    assertThat(different).isEmpty();
  }

  /** All but the big blocks of Chinese and Korean, of which samples do; fewer for each setting. */
  private static int step(int c, String flag) {
    boolean uniform = (c >= 0x3400 && c < 0xF900) || c >= 0x20000;
    return uniform ? 61 : flag.isEmpty() ? 1 : 5;
  }

  @Test
  void hugeTextsCostWhatTheirBeginningsCost() {
    String words = "ab xyz ".repeat(500_000);
    String chinese = "\u4f60\u597d\u4f60".repeat(1_000_000);
    String word = "ab".repeat(1_500_000);
    String accented = "\u00e9\u0430".repeat(1_500_000);
    String punctuation = "a.".repeat(1_500_000);
    String emoji = "\ud83d\ude00".repeat(1_500_000);
    String controls = "a" + "\u0007".repeat(3_000_000) + "b";
    String tokens = "[MASK]".repeat(500_000);
    String brackets = "[".repeat(3_000_000);
    List<String> v = TokenizerFixture.vocabulary();
    JsonObject spaced =
        TokenizerFixture.json(v, TokenizerFixture.added(v.size(), "new york", "normalized"));
    try (TextEncoder encoder = TokenizerFixture.open(folder, spaced, 512)) {
      assertThat(within(() -> encoder.encode(words)).truncated()).isTrue();
    }
    try (TextEncoder encoder = TokenizerFixture.open(folder, TokenizerFixture.json(v), 512)) {
      for (String text : List.of(words, chinese, punctuation, tokens, brackets)) {
        EncodedText row = within(() -> encoder.encode(text));
        assertThat(row.tokens()).isEqualTo(512);
        assertThat(row.truncated()).isTrue();
        // The longer text has the odd token, or the second where both are huge.
        EncodedText pair = within(() -> encoder.encode(text, words));
        assertThat(pair.tokenTypeIds()).containsExactly(halves(254, 255));
      }
      for (String text : List.of(word, accented, emoji)) {
        assertThat(within(() -> encoder.encode(text)).inputIds()).containsExactly(2, 1, 3);
      }
      assertThat(within(() -> encoder.encode(controls)).inputIds())
          .containsExactly(encoder.encode("ab").inputIds());
    }
  }

  private static int[] halves(int first, int second) {
    int[] types = new int[first + second + 3];
    Arrays.fill(types, first + 2, types.length, 1);
    return types;
  }

  /** Ample for a busy machine; the library takes seconds. The best of three, for the compiler. */
  private static EncodedText within(Supplier<EncodedText> encoding) {
    EncodedText row = null;
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      row = encoding.get();
      best = Math.min(best, System.nanoTime() - start);
    }
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(400));
    return row;
  }

  @Test
  void halfASurrogatePairIsTheReplacementCharacter() {
    JsonObject json = TokenizerFixture.json(TokenizerFixture.vocabulary());
    try (TextEncoder encoder = TokenizerFixture.open(folder, json, 20)) {
      assertThat(encoder.encode("a\ud83d b\ude00").inputIds())
          .containsExactly(encoder.encode("a b").inputIds());
    }
  }
}
