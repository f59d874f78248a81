package org.smartbert.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;

/**
 * A BERT comes out of an ONNX export and of a TensorFlow checkpoint as it went in, value by value;
 * what is damaged or something else is refused in a sentence, and leaves nothing.
 */
class BackboneImportTest {
  private static final BackboneImport IMPORT =
      new BackboneImport(OptionalInt.of(Exports.HEADS), Optional.of(true), "# tiny\n");

  @TempDir private Path folder;
  private Path source;
  private Path output;

  @BeforeEach
  void folders() throws IOException {
    source = Files.createDirectory(folder.resolve("source"));
    output = folder.resolve("out/bert");
  }

  private Path onnx() throws IOException {
    Files.write(source.resolve("bert.onnx"), Exports.onnx().toByteArray());
    Exports.writeVocabulary(source);
    return source;
  }

  private Path tensorFlow() throws IOException {
    Exports.writeTensorFlow(source.resolve("bert_model.ckpt"), "bert/");
    Exports.writeVocabulary(source);
    return source;
  }

  private void requireSameWeights() {
    ModelDirectory.Contents read = ModelDirectory.openBackbone(output);
    assertThat(read.config().layers()).isEqualTo(2);
    assertThat(read.config().heads().size()).isPositive();
    Map<String, HostTensor> expected = Exports.weights();
    assertThat(read.weights()).hasSameSizeAs(expected);
    expected.forEach(
        (name, tensor) -> {
          HostTensor other = read.weights().get("bert." + name);
          assertThat(other.shape()).as(name).isEqualTo(tensor.shape());
          assertThat(other.values().duplicate().rewind())
              .as(name)
              .isEqualTo(tensor.values().duplicate().rewind());
        });
  }

  private void requireNothingLeft() throws IOException {
    if (Files.exists(output.getParent())) {
      try (Stream<Path> left = Files.list(output.getParent())) {
        assertThat(left).isEmpty();
      }
    }
  }

  private void refused(Path from, String... parts) throws IOException {
    assertThatThrownBy(() -> IMPORT.run(from, output))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(parts);
    requireNothingLeft();
  }

  @Test
  void anOnnxExportKeepsItsValues() throws IOException {
    IMPORT.run(onnx(), output);
    requireSameWeights();
    assertThat(output.resolve("README.md")).hasContent("# tiny\n");
  }

  @Test
  void aCheckpointKeepsItsValuesWithoutTheOptimizers() throws IOException {
    IMPORT.run(tensorFlow(), output);
    requireSameWeights();
    assertThat(output.resolve("tokenizer_config.json"))
        .content()
        .contains("\"do_lower_case\":true");
  }

  @Test
  void aSavedModelInAZipInAJarIsFound() throws IOException {
    Files.createDirectories(source.resolve("variables"));
    Files.createDirectories(source.resolve("assets"));
    Exports.writeTensorFlow(source.resolve("variables/variables"), "module/bert/");
    Exports.writeVocabulary(source.resolve("assets"));
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Exports.zip(source, "", inner.resolve("model"));
    IMPORT.run(Exports.zip(inner, "org/example/", folder.resolve("model.jar")), output);
    requireSameWeights();
    try (Stream<Path> left = Files.list(output.getParent())) {
      assertThat(left).containsExactly(output);
    }
  }

  @Test
  void theModelsOwnConfigSaysTheHeads() throws IOException {
    tensorFlow();
    BackboneImport without = new BackboneImport(OptionalInt.empty(), Optional.of(true), "");
    assertThatThrownBy(() -> without.run(source, output))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--heads");
    Files.writeString(
        source.resolve("bert_config.json"),
        """
        {"num_attention_heads": 4, "hidden_size": 16, "vocab_size": 65, "num_hidden_layers": 2,
         "intermediate_size": 32, "max_position_embeddings": 48, "type_vocab_size": 2,
         "hidden_act": "gelu"}
        """);
    without.run(source, output);
    requireSameWeights();
  }

  @Test
  void aVocabularyThatDoesNotSayItsCaseIsRefused() throws IOException {
    BackboneImport without =
        new BackboneImport(OptionalInt.of(Exports.HEADS), Optional.empty(), "");
    assertThatThrownBy(() -> without.run(tensorFlow(), output))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--lower-case");
    requireNothingLeft();
  }

  @Test
  void aFlippedByteOfACheckpointIsFound() throws IOException {
    Path data = tensorFlow().resolve("bert_model.ckpt.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[bytes.length / 2] ^= 1;
    Files.write(data, bytes);
    refused(source, "does not match its checksum", "copy the checkpoint again");
  }

  /** Wherever it is: the model is refused, or the byte meant nothing. */
  @Test
  void aFlippedByteOfAnIndexIsFound() throws IOException {
    Path index = tensorFlow().resolve("bert_model.ckpt.index");
    byte[] whole = Files.readAllBytes(index);
    int refused = 0;
    for (int at = 0; at < whole.length; at += 23) {
      byte[] bytes = whole.clone();
      bytes[at] ^= 16;
      Files.write(index, bytes);
      try {
        IMPORT.run(source, output);
        requireSameWeights();
        Unpacked.delete(output);
      } catch (InvalidInputException e) {
        refused++;
        assertThat(e.getMessage()).endsWith(".");
        requireNothingLeft();
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 23 / 2);
  }

  @Test
  void aMissingPartOfACheckpointIsNamed() throws IOException {
    Files.delete(tensorFlow().resolve("bert_model.ckpt.data-00000-of-00001"));
    refused(source, "lacks its file bert_model.ckpt.data-00000-of-00001");
  }

  @Test
  void aTruncatedOnnxFileIsRefused() throws IOException {
    Path file = onnx().resolve("bert.onnx");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    refused(source, "bert.onnx", "truncated");
  }

  @Test
  void anArchiveThatIsCutOffIsRefused() throws IOException {
    Path zip = Exports.zip(onnx(), "", folder.resolve("model.zip"));
    byte[] bytes = Files.readAllBytes(zip);
    Files.write(zip, java.util.Arrays.copyOf(bytes, bytes.length / 3));
    refused(zip, "model.zip", "damaged");
  }

  @Test
  void aPickleIsRefusedWithTheRemedy() throws IOException {
    Files.writeString(source.resolve("pytorch_model.bin"), "pickle");
    refused(source, "pytorch_model.bin", "safe_serialization=True");
  }

  @Test
  void aFolderWithoutWeightsIsRefused() throws IOException {
    Exports.writeVocabulary(source);
    refused(source, "neither an .onnx file nor the .index");
  }

  @Test
  void severalModelsAreRefused() throws IOException {
    onnx();
    Exports.writeTensorFlow(source.resolve("bert_model.ckpt"), "bert/");
    refused(source, "several models", "bert.onnx", "bert_model.ckpt.index");
  }

  @Test
  void whatDoesNotExistIsRefused() throws IOException {
    refused(folder.resolve("nowhere"), "does not exist");
  }

  @Test
  void aPathOutsideOfTheArchiveIsRefused() throws IOException {
    Path zip = folder.resolve("evil.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("../../vocab.txt"));
      out.write('x');
    }
    refused(zip, "../../vocab.txt", "outside");
    assertThat(folder.resolve("vocab.txt")).doesNotExist();
  }
}
