package org.smartbert.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.io.ModelDirectory;

class ConfigJsonTest {
  @TempDir Path folder;
  private final BertConfig config = TinyModels.config(2, 16, 3);
  private Path model;
  private Path file;

  @BeforeEach
  void write() {
    model = TinyModels.write(folder.resolve("model"), config, 1);
    file = model.resolve("config.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "position_embedding_type | \"relative_key_query\" | has the position_embedding_type"
            + " relative_key_query; only absolute",
        "position_embedding_type | null | position_embedding_type in",
        "is_decoder | true | is_decoder true; only encoders",
        "add_cross_attention | true | add_cross_attention true; only encoders",
        "is_encoder_decoder | true | is_encoder_decoder true; only encoders",
        "pruned_heads | {\"0\": [1]} | pruned_heads with a value",
        "auto_map | {\"AutoModel\": \"x.Y\"} | auto_map with a value",
        "quantization_config | {\"bits\": 4} | quantization_config with a value",
        "hidden_act | \"gelu_new\" | hidden_act gelu_new; only gelu",
        "model_type | \"roberta\" | model_type roberta; only bert",
        "tokenizer_class | \"BertJapaneseTokenizer\" | tokenizer_class in",
        "num_hidden_layers | 1 | asks for 1 layers (num_hidden_layers), and",
        "num_hidden_layers | 2147483647 | asks for 2147483647 layers (num_hidden_layers), and",
        "hidden_size | \"16\" | hidden_size in",
        "layer_norm_eps | -1 | layer_norm_eps in",
        "hidden_dropout_prob | 1 | hidden_dropout_prob in",
      })
  void whatMakesAnotherNetworkIsRefusedByName(String key, String value, String message)
      throws IOException {
    set(key, value);
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("config.json");
    assertThatThrownBy(() -> ModelDirectory.openBackbone(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id2label | null | The key id2label in",
        "id2label | {\"1\": \"a\", \"3\": \"b\"} | lacks the key \"0\"",
        "id2label | {\"0\": \"a\", \"1\": \"a\"} | has the label a twice",
        "id2label | {\"0\": \"a\", \"1\": null} | The key id2label.1 in",
        "label2id | {\"LABEL_0\": 1, \"LABEL_1\": 0, \"LABEL_2\": 2} | name different classes",
        "problem_type | \"multi_label_classification\" | problem_type multi_label_classification",
      })
  void labelsMatterInAClassifierAlone(String key, String value, String message) throws IOException {
    set(key, value);
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
    assertThat(ModelDirectory.openBackbone(model).config()).isEqualTo(config.withLabels(List.of()));
  }

  @Test
  void theLastClassifierMayBeAnotherThanTheMethods() throws IOException {
    assertThat(ModelDirectory.config(model).mechanism()).isEqualTo(Method.SMARTBERT.mechanism());
    Method.Mechanism converted =
        new Method.Mechanism(Method.SMARTBERT, false, true, Method.Classifier.POOLER);
    Path other = TinyModels.write(folder.resolve("other"), config.withMechanism(converted), 1);
    ModelDirectory.Contents read = ModelDirectory.openModel(other);
    assertThat(read.config().mechanism()).isEqualTo(converted);
    assertThat(read.weights())
        .containsKey("classifiers.0.projection.weight")
        .doesNotContainKey("classifiers.1.projection.weight");
    assertThat(read.weights().get("classifiers.1.dense.weight").shape()).containsExactly(16L, 16L);
    String text = Files.readString(other.resolve("config.json"));
    Files.writeString(other.resolve("config.json"), text.replace("\"pooler\"", "\"mean\""));
    assertThatThrownBy(() -> ModelDirectory.config(other))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("smartbert.last_classifier in")
        .hasMessageContaining("is mean; it must be attention or pooler.");
  }

  @Test
  void aByteOrderMarkIsNoFault() throws IOException {
    Files.writeString(file, "\uFEFF" + Files.readString(file));
    assertThat(ModelDirectory.openModel(model).config()).isEqualTo(config);
  }

  @Test
  void keysThatStandTwiceAreRefused() throws IOException {
    Files.writeString(
        file, Files.readString(file).replaceFirst("\\{", "{\"num_attention_heads\": 2,"));
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("num_attention_heads");
  }

  @Test
  void valuesAreQuotedOnOneLine() throws IOException {
    set("hidden_act", "\"" + "a\\nb".repeat(300) + "\"");
    assertThatThrownBy(() -> ModelDirectory.openModel(model))
        .isInstanceOf(InvalidInputException.class)
        .message()
        .doesNotContain("\n")
        .hasSizeLessThan(500);
  }

  private void set(String key, String value) throws IOException {
    JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    JsonElement parsed = JsonParser.parseString(value);
    json.add(key, parsed);
    Files.writeString(file, json.toString());
  }
}
