package org.smartbert.model.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.SharedFiles;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.checkpoint.ConfigJson;
import org.smartbert.model.text.TextEncoder;

/** One backbone in the shapes of public bug reports: the same network, or one sentence. */
@Tag("slow")
class SharedCheckpointsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"id2label-gap", "id2label-null", "m-plain", "vocab-crlf"})
  void theSameNetwork(String variant) throws IOException {
    assertOpens(variant, "F32", name -> name);
  }

  /** The file of the report has nothing behind its byte order mark. */
  @Test
  void aByteOrderMarkIsNoPartOfTheSettings() throws IOException {
    Path directory = copied("config-bom");
    writeWeights(directory, "F32", name -> name);
    assertThatThrownBy(() -> ModelDirectory.openBackbone(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("config.json is not a JSON object");
    Path plain = SharedFiles.require("cases/15-hf-variants/m-plain/config.json");
    Files.writeString(directory.resolve("config.json"), "\uFEFF" + Files.readString(plain));
    assertThat(ModelDirectory.openBackbone(directory).weights()).isNotEmpty();
  }

  @Test
  void halfPrecision() throws IOException {
    assertOpens("f16", "F16", name -> name);
  }

  @Test
  void namesOfOlderVersions() throws IOException {
    assertOpens(
        "old-names",
        "F32",
        name ->
            name.replaceFirst("^bert\\.", "")
                .replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta"));
  }

  @Test
  void namesOfAWrappedNetwork() throws IOException {
    assertOpens("module-prefix", "F32", name -> "module." + name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "decoder | F32 | has is_decoder true; only encoders are supported.",
        "relative | F32 | has the position_embedding_type relative_key_query; only absolute is"
            + " supported.",
        "f64 | F64 | has the type F64; weights must be F32, F16, BF16 or I8.",
      })
  void otherNetworksAreRefused(String variant, String type, String message) throws IOException {
    Path directory = copied(variant);
    writeWeights(directory, type, name -> name);
    assertThatThrownBy(() -> ModelDirectory.openBackbone(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shardsAreRefused() throws IOException {
    Path directory = copied("sharded");
    assertThatThrownBy(() -> ModelDirectory.openBackbone(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("several files (model.safetensors.index.json)");
  }

  @Test
  void aVocabularyThatIsNotUtf8IsRefused() throws IOException {
    Path directory = copied("vocab-latin1");
    BertConfig config = ConfigJson.backbone(directory).config();
    assertThatThrownBy(() -> TextEncoder.open(directory, config, 20).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("vocab.txt")
        .hasMessageContaining("UTF-8");
  }

  @Test
  void lineEndsOfAVocabularyAreNoPartOfItsWords() {
    Path cases = SharedFiles.require("cases/15-hf-variants");
    assertThat(ids(cases.resolve("vocab-crlf"))).isEqualTo(ids(cases.resolve("m-plain")));
  }

  private static int[] ids(Path directory) {
    try (TextEncoder encoder =
        TextEncoder.open(directory, ConfigJson.backbone(directory).config(), 20)) {
      return encoder.encode("a good film number 17!").inputIds();
    }
  }

  private void assertOpens(String variant, String type, UnaryOperator<String> theirName)
      throws IOException {
    Path directory = copied(variant);
    writeWeights(directory, type, theirName);
    assertThat(ModelDirectory.openBackbone(directory).weights().keySet())
        .containsExactlyElementsOf(backbone().stream().map(TensorSpec::name).toList());
  }

  private Path copied(String variant) throws IOException {
    Path source = SharedFiles.require("cases/15-hf-variants").resolve(variant);
    Path target = Files.createDirectory(folder.resolve(variant));
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    return target;
  }

  private static List<TensorSpec> backbone() {
    // All variants have the sizes of the plain one.
    Path plain = SharedFiles.require("cases/15-hf-variants").resolve("m-plain");
    return new CheckpointNames(ConfigJson.backbone(plain).config()).backbone();
  }

  /** Weights of the type, all 0. */
  private static void writeWeights(Path directory, String type, UnaryOperator<String> theirName)
      throws IOException {
    int bytes = Integer.parseInt(type.substring(1)) / 8;
    long[] end = {0};
    String entries =
        backbone().stream()
            .map(
                spec -> {
                  long from = end[0];
                  end[0] += (long) bytes * spec.size();
                  return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                      .formatted(theirName.apply(spec.name()), type, spec.shape(), from, end[0]);
                })
            .collect(Collectors.joining(",", "{", "}"));
    byte[] header = entries.getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file =
        new RandomAccessFile(directory.resolve("model.safetensors").toFile(), "rw")) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      file.write(length.putLong(header.length).array());
      file.write(header);
      file.setLength(8 + header.length + end[0]);
    }
  }
}
