package org.smartbert.model.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.io.ModelDirectory.Contents;

/**
 * A directory of Hugging Face's BertForSequenceClassification is a model of the method bert; other
 * heads are refused by name.
 */
class HuggingFaceClassifierTest {
  private static final BertConfig CONFIG =
      TinyModels.config(3, 16, 2).withMechanism(Method.BERT.mechanism());

  @TempDir Path folder;
  private Path model;
  private Contents original;

  @BeforeEach
  void write() throws IOException {
    model = TinyModels.write(folder.resolve("model"), CONFIG, 1);
    original = ModelDirectory.openModel(model);
    Files.writeString(model.resolve("config.json"), described("BertForSequenceClassification", ""));
    rename(
        name ->
            name.replace("classifiers.2.dense", "bert.pooler.dense")
                .replace("classifiers.2.output", "classifier"));
  }

  @Test
  void itsPoolerAndClassifierAreTheLastClassifier() {
    Contents read = ModelDirectory.openModel(model);
    assertThat(read.config().mechanism()).isEqualTo(Method.BERT.mechanism());
    assertThat(read.weights().keySet()).isEqualTo(original.weights().keySet());
    read.weights()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.values()).isEqualTo(original.weights().get(name).values()));
  }

  @Test
  void itsLabelsAreThoseOfId2label() throws IOException {
    Files.writeString(
        model.resolve("config.json"),
        described(
            "BertForSequenceClassification",
            ", \"id2label\": {\"0\": \"NEGATIVE\", \"1\": \"POSITIVE\"}"));
    assertThat(ModelDirectory.config(model).labels()).containsExactly("NEGATIVE", "POSITIVE");
  }

  @Test
  void theDefaultLabelsAreHuggingFaces() {
    assertThat(ModelDirectory.config(model).labels()).containsExactly("LABEL_0", "LABEL_1");
  }

  @Test
  void labelsThatAreNotTheHeadsAreRefused() throws IOException {
    Files.writeString(
        model.resolve("config.json"),
        described(
            "BertForSequenceClassification",
            ", \"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}"));
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Tensor classifier.weight in")
        .hasMessageContaining("[2, 16] where config.json asks for [3, 16]");
  }

  @Test
  void otherHeadsAreRefusedByName() throws IOException {
    for (String head : List.of("BertForTokenClassification", "BertForMaskedLM", "BertModel")) {
      Files.writeString(model.resolve("config.json"), described(head, ""));
      assertThatThrownBy(() -> ModelDirectory.config(model))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("has the architecture " + head);
    }
  }

  @Test
  void otherProblemsAreRefusedByName() throws IOException {
    for (String problem : List.of("multi_label_classification", "regression")) {
      Files.writeString(
          model.resolve("config.json"),
          described("BertForSequenceClassification", ", \"problem_type\": \"" + problem + '"'));
      assertThatThrownBy(() -> ModelDirectory.config(model))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("has the problem_type " + problem);
    }
  }

  @Test
  void aClassifierWithoutAPoolerIsRefused() {
    rename(name -> name.replace("bert.pooler.", "other.pooler."));
    assertThatThrownBy(() -> ModelDirectory.config(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Tensor bert.pooler.dense.weight is missing");
  }

  @Test
  void aRegressionHeadIsRefused() throws IOException {
    Files.writeString(
        model.resolve("config.json"),
        described("BertForSequenceClassification", ", \"id2label\": {\"0\": \"score\"}"));
    assertThatThrownBy(() -> ModelDirectory.config(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("names 1 labels in id2label; a classifier needs at least 2");
  }

  private static String described(String architecture, String more) {
    return """
    {"architectures": ["%s"], "model_type": "bert", "vocab_size": %d, "hidden_size": %d,
     "num_hidden_layers": %d, "num_attention_heads": %d, "intermediate_size": %d,
     "max_position_embeddings": %d, "type_vocab_size": %d, "layer_norm_eps": %s%s}
    """
        .formatted(
            architecture,
            CONFIG.vocabSize(),
            CONFIG.hiddenSize(),
            CONFIG.layers(),
            CONFIG.attentionHeads(),
            CONFIG.intermediateSize(),
            CONFIG.maxPositions(),
            CONFIG.tokenTypes(),
            CONFIG.layerNormEps(),
            more);
  }

  private void rename(UnaryOperator<String> names) {
    Path file = model.resolve("model.safetensors");
    List<HostTensor> tensors = new ArrayList<>();
    try (Safetensors read = Safetensors.open(file)) {
      for (String name : read.names()) {
        HostTensor tensor = read.tensor(name);
        tensors.add(new HostTensor(names.apply(name), tensor.shape(), tensor.values()));
      }
    }
    Safetensors.write(file, tensors);
  }
}
