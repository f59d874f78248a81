package org.smartbert.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;

class TextEncoderTest {
  @TempDir Path folder;
  private final BertConfig config = TinyModels.config(1, 16, 2);

  @Test
  void textsAndPairsBecomeRowsWithoutPadding() {
    try (TextEncoder encoder = open(20)) {
      assertThat(encoder.encode("W3 w0").inputIds()).containsExactly(2, 8, 5, 3);
      assertThat(encoder.encode("").inputIds()).containsExactly(2, 3);
      EncodedText pair = encoder.encode("w1", "w2 zzz");
      assertThat(pair.inputIds()).containsExactly(2, 6, 3, 7, 1, 3);
      assertThat(pair.tokenTypeIds()).containsExactly(0, 0, 0, 1, 1, 1);
      assertThat(pair.truncated()).isFalse();
    }
  }

  /** Words are cached between spaces; the library gets each text whole. */
  @Test
  void rememberedWordsAreTheLibrarysInEveryScript() {
    List<String> vocabulary =
        new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    for (String piece : "a b c d e 0 . , - \u4f60 \u00e9 \u03b1 \u0430".split(" ", -1)) {
      vocabulary.add(piece);
      vocabulary.add("##" + piece);
    }
    JsonObject json = TokenizerFixture.json(vocabulary);
    try (TextEncoder encoder = TokenizerFixture.open(folder.resolve("letters"), json, 48);
        HuggingFaceTokenizer library = TokenizerFixture.library(json, 48)) {
      // Beyond the third plane nothing is assigned but variation selectors, tags and private use.
      for (int from = 0; from < 0x40000; from += 3) {
        StringBuilder text = new StringBuilder();
        for (int c = from; c < from + 3; c++) {
          if (Character.isValidCodePoint(c) && (c < 0xD800 || c > 0xDFFF)) {
            text.append("ab").appendCodePoint(c).append("cd ").appendCodePoint(c).append(" e");
            text.appendCodePoint(c).append(' ');
          }
        }
        // The first time by the library, the second from memory.
        for (int time = 0; time < 2; time++) {
          assertThat(TokenizerFixture.shown(encoder.encode(text.toString())))
              .as("code points from %x", from)
              .isEqualTo(TokenizerFixture.shown(library.encode(text.toString(), true, true)));
        }
      }
      String special = "a[MASK]b [CLS] [SEP]c  [UNK]   [MASK] d";
      assertThat(TokenizerFixture.shown(encoder.encode(special)))
          .isEqualTo(TokenizerFixture.shown(library.encode(special, true, true)));
    }
  }

  @Test
  void longTextsAreCutAndSaySo() {
    try (TextEncoder encoder = open(6)) {
      EncodedText exact = encoder.encode("w1 w2 w3 w4");
      assertThat(exact.truncated()).isFalse();
      EncodedText cut = encoder.encode("w1 w2 w3 w4 w5");
      assertThat(cut.inputIds()).containsExactly(2, 6, 7, 8, 9, 3);
      assertThat(cut.truncated()).isTrue();
    }
  }

  @Test
  void aTextThatNeverEndsIsEncodedAsItsBeginning() {
    String beginning = "(w1), \u00e9 w2! \u4f60 w3 w4 w5 w6 w7";
    try (TextEncoder encoder = open(9)) {
      EncodedText cut = encoder.encode(beginning);
      EncodedText endless = encoder.encode(beginning + " w8".repeat(2_000_000));
      assertThat(endless.inputIds()).containsExactly(cut.inputIds());
      assertThat(endless.truncated()).isTrue();
    }
  }

  @Test
  void ofAPairTheLongerTextIsCut() {
    try (TextEncoder encoder = open(7)) {
      EncodedText cut = encoder.encode("w1", "w2 w3 w4 w5 w6");
      assertThat(cut.inputIds()).containsExactly(2, 6, 3, 7, 8, 9, 3);
      assertThat(cut.truncated()).isTrue();
    }
  }

  @Test
  void moreTokensThanPositionsAreRefused() {
    assertThatThrownBy(() -> open(49))
        .hasMessageContaining("The maximum length 49 does not fit")
        .hasMessageContaining("3 to 48 tokens");
  }

  private TextEncoder open(int maxTokens) {
    Path model = folder.resolve("model" + maxTokens);
    return TextEncoder.open(TinyModels.write(model, config, 1), config, maxTokens);
  }
}
