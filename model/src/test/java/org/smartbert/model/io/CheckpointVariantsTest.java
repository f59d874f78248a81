package org.smartbert.model.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;

/** Weights in the shapes that public checkpoints have. */
class CheckpointVariantsTest {
  @TempDir Path folder;
  private final BertConfig config = TinyModels.config(2, 16, 3);
  private Path model;
  private Path file;

  @BeforeEach
  void writeModel() {
    model = TinyModels.write(folder.resolve("model"), config, 1);
    file = model.resolve("model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"module.", "module.bert.", "bert.", ""})
  void prefixesOfABackbone(String prefix) {
    rewrite(name -> name.startsWith("bert.") ? prefix + name.substring(5) : name, List.of());
    assertThat(ModelDirectory.openBackbone(model).weights())
        .containsOnlyKeys(
            new CheckpointNames(config).backbone().stream().map(spec -> spec.name()).toList());
  }

  @Test
  void twoTensorsOfOneNameAreRefused() {
    rewrite(
        name -> name,
        List.of(HostTensor.of("module.bert.embeddings.LayerNorm.gamma", new float[16], 16)));
    assertThatThrownBy(() -> ModelDirectory.openBackbone(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("are both bert.embeddings.LayerNorm.weight");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert.encoder.layer.0.attention.self.distance_embedding.weight",
        "bert.encoder.layer.1.attention.self.query.lora_A.weight",
        "bert.embeddings_project.weight",
        "bert.encoder.embedding_hidden_mapping_in.weight"
      })
  void partsOfAnotherNetworkAreRefused(String name) {
    rewrite(n -> n, List.of(HostTensor.of(name, new float[16], 16)));
    boolean ofNetwork = !name.startsWith("bert.embeddings_project");
    if (ofNetwork) {
      assertThatThrownBy(() -> ModelDirectory.openBackbone(model))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(name)
          .hasMessageContaining("another network");
    } else {
      assertThat(ModelDirectory.openBackbone(model).weights()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void valuesThatAreNotFiniteAreRefused(float value) {
    List<HostTensor> tensors = tensors();
    tensors.removeIf(tensor -> tensor.name().equals("gates.1.output.weight"));
    float[] values = new float[16];
    values[7] = value;
    tensors.add(HostTensor.of("gates.1.output.weight", values, 1, 16));
    Safetensors.write(file, tensors);
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Tensor gates.1.output.weight in " + file)
        .hasMessageContaining("holds " + value + " at index 7");
    // It is no part of the backbone.
    assertThat(ModelDirectory.openBackbone(model).weights()).isNotEmpty();
  }

  @Test
  void doublesAreRefusedByName() throws IOException {
    writeDoubles();
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Tensor bert.embeddings.word_embeddings.weight in %s has the type F64; weights must be"
                + " F32, F16, BF16 or I8.",
            file);
  }

  private void writeDoubles() throws IOException {
    StringBuilder header = new StringBuilder();
    long at = 0;
    for (HostTensor tensor : tensors()) {
      long end = at + 8L * tensor.size();
      header.append(
          "%s\"%s\":{\"dtype\":\"F64\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(at == 0 ? "{" : ",", tensor.name(), tensor.shape(), at, end));
      at = end;
    }
    byte[] text = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(8 + text.length + at)).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(text.length).put(text).array());
  }

  @Test
  void shardsAreNamedAsWhatTheyAre() throws IOException {
    Files.move(file, model.resolve("model-00001-of-00001.safetensors"));
    Files.writeString(model.resolve("model.safetensors.index.json"), "{}");
    assertThatThrownBy(() -> ModelDirectory.openBackbone(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("several files (model.safetensors.index.json)")
        .hasMessageContaining("max_shard_size");
  }

  /** As any directory and file that the user makes, so that other users' executors may read it. */
  @Test
  void aWrittenModelHasTheUsersMode() throws IOException {
    Path plain = Files.createDirectory(folder.resolve("plain"));
    Path source = Files.createDirectory(folder.resolve("source"));
    Files.copy(model.resolve("vocab.txt"), source.resolve("vocab.txt"));
    Files.setPosixFilePermissions(
        source.resolve("vocab.txt"), PosixFilePermissions.fromString("rw-------"));
    Path copy = folder.resolve("copy");
    ModelDirectory.write(copy, config, tensors(), source, Map.of());
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(plain);
    assertThat(mode).contains(PosixFilePermission.OTHERS_READ);
    assertThat(Files.getPosixFilePermissions(copy)).isEqualTo(mode);
    for (String name : List.of("vocab.txt", "config.json", "model.safetensors")) {
      assertThat(Files.getPosixFilePermissions(copy.resolve(name)))
          .as(name)
          .contains(PosixFilePermission.OTHERS_READ);
    }
  }

  private List<HostTensor> tensors() {
    try (Safetensors tensors = Safetensors.open(file)) {
      return new ArrayList<>(tensors.tensors(tensors.names()).values());
    }
  }

  private void rewrite(UnaryOperator<String> rename, List<HostTensor> further) {
    List<HostTensor> renamed = new ArrayList<>(further);
    for (HostTensor tensor : tensors()) {
      renamed.add(new HostTensor(rename.apply(tensor.name()), tensor.shape(), tensor.values()));
    }
    Safetensors.write(file, renamed);
  }
}
