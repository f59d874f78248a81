package org.smartbert.model.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.text.TextEncoder;

class ModelDirectoryTest {
  @TempDir Path folder;
  private final BertConfig config = TinyModels.config(2, 16, 3);
  private Path model;

  @BeforeEach
  void writeModel() {
    model = TinyModels.write(folder.resolve("model"), config, 1);
  }

  @Test
  void configurationAndWeightsComeBack() {
    ModelDirectory.Contents contents = ModelDirectory.openModel(model);
    assertThat(contents.config()).isEqualTo(config);
    assertThat(contents.weights()).hasSize(new CheckpointNames(config).model().size());
    assertThat(ModelDirectory.digest(model)).isEqualTo(ModelDirectory.digest(model)).hasSize(64);
  }

  @Test
  void aMissingTensorIsNamed() {
    rewrite(name -> name.equals("gates.1.output.bias") ? null : name, 0);
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Tensor gates.1.output.bias is missing from %s; export the whole model.",
            model.resolve("model.safetensors"));
  }

  @Test
  void aWrongShapeIsNamedWithBothShapes() throws IOException {
    Path json = model.resolve("config.json");
    Files.writeString(
        json,
        Files.readString(json).replace("\"intermediate_size\": 32", "\"intermediate_size\": 48"));
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .hasMessage(
            "Tensor bert.encoder.layer.0.intermediate.dense.weight in %s has the shape [32, 16]"
                + " where config.json asks for [48, 16]; use the config.json that belongs to these"
                + " weights.",
            model.resolve("model.safetensors"));
  }

  @Test
  void picklesAreNotRead() throws IOException {
    Files.move(model.resolve("model.safetensors"), model.resolve("pytorch_model.bin"));
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .hasMessageContaining("pickled weights are never read");
  }

  @Test
  void aVocabularyLargerThanTheEmbeddingIsRefused() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(model.resolve("vocab.txt")));
    lines.add("surplus");
    Files.write(model.resolve("vocab.txt"), lines);
    assertThatThrownBy(() -> TextEncoder.open(model, config, 16))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "The token surplus of %s has the id 65, and the model's embedding has 65 rows"
                + " (vocab_size); use the vocabulary that belongs to the weights.",
            model.resolve("vocab.txt"));
  }

  @Test
  void aMissingKeyOfTheConfigurationIsNamed() throws IOException {
    Path json = model.resolve("config.json");
    Files.writeString(json, Files.readString(json).replace("\"hidden_size\"", "\"hidden\""));
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .hasMessage("The key hidden_size in %s is missing; it must be an integer above 0.", json);
  }

  @Test
  void aBackboneMayLackThePrefixAndNameNormsTheOldWay() {
    rewrite(
        name ->
            name.startsWith("bert.")
                ? name.substring(5)
                    .replace("LayerNorm.weight", "LayerNorm.gamma")
                    .replace("LayerNorm.bias", "LayerNorm.beta")
                : null,
        1);
    Map<String, HostTensor> weights = ModelDirectory.openBackbone(model).weights();
    assertThat(weights).hasSize(new CheckpointNames(config).backbone().size());
    assertThat(weights.get("bert.embeddings.LayerNorm.weight").values().get(0))
        .isEqualTo(
            TinyModels.weights(new CheckpointNames(config).model(), 1)
                .get("bert.embeddings.LayerNorm.weight")
                .values()
                .get(0));
  }

  @Test
  void anExistingModelIsNotOverwritten() {
    assertThatThrownBy(() -> TinyModels.write(model, config, 2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("exists already and is not empty");
    assertThat(folder).isDirectoryNotContaining("glob:**.smartbert-*");
  }

  /** Writes the weights again under other names; null leaves one out. */
  private void rewrite(UnaryOperator<String> rename, int pooler) {
    List<HostTensor> tensors = new ArrayList<>();
    try (Safetensors file = Safetensors.open(model.resolve("model.safetensors"))) {
      for (String name : file.names()) {
        HostTensor tensor = file.tensor(name);
        String renamed = rename.apply(name);
        if (renamed != null) {
          tensors.add(new HostTensor(renamed, tensor.shape(), tensor.values()));
        }
      }
    }
    for (int i = 0; i < pooler; i++) {
      tensors.add(HostTensor.of("pooler.dense.bias", new float[16], 16));
    }
    Safetensors.write(model.resolve("model.safetensors"), tensors);
  }
}
