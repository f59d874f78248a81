package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smartbert.model.Precision;
import org.smartbert.model.SharedFiles;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.io.Safetensors;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;

/**
 * Losses within 1e-4 and gradient norms within 1e-3 of PyTorch's, for every case of losses.json.
 */
@Tag("shared")
class GoldenLossTest {
  @ParameterizedTest
  @ValueSource(strings = {"smartbert-4x32", "smartbert-12x64-pairs"})
  void lossesAndGradientNormsAgree(String folder) throws IOException {
    Path directory = SharedFiles.require("golden/" + folder);
    JsonObject golden =
        JsonParser.parseString(Files.readString(directory.resolve("losses.json")))
            .getAsJsonObject();
    BertConfig config = ModelDirectory.config(directory);
    Map<String, HostTensor> weights = allWeights(directory, config);
    List<LabelledText> rows = rows(golden);
    try (TorchScript script = TorchScript.training()) {
      for (JsonElement element : golden.getAsJsonArray("cases")) {
        check(script, config, weights, rows, element.getAsJsonObject());
      }
    }
  }

  private static void check(
      TorchScript script,
      BertConfig config,
      Map<String, HostTensor> weights,
      List<LabelledText> rows,
      JsonObject expected) {
    boolean first = expected.get("stage").getAsInt() == 1;
    TrainingSettings.Contrast contrast =
        new TrainingSettings.Contrast(number(expected, "eta"), number(expected, "tau"));
    double lambda = first ? number(expected, "lambda") : 0;
    TrainingSettings.Losses losses =
        new TrainingSettings.Losses(
            lambda, contrast, contrast, new TrainingSettings.Teacher(1, 1), 0, List.of());
    StageTensors tensors =
        new StageTensors(
            // With all heads, though a case gives them no weight.
            new CheckpointNames(config),
            TrainingSettings.defaults().losses(),
            TrainingSettings.Frozen.NOTHING,
            Purpose.FINE_TUNING);
    Objective objective =
        first
            ? new StageOne(
                script,
                config,
                expected.get("gates").getAsString().equals("soft") ? GateMode.SOFT : GateMode.HARD,
                losses,
                Purpose.FINE_TUNING)
            : new StageTwo(script, config, losses, Purpose.FINE_TUNING);
    List<TensorSpec> trained = first ? tensors.stageOne() : tensors.stageTwo();
    List<TensorSpec> frozen = first ? List.of() : tensors.stageTwoFrozen();
    LossTerms[] terms = new LossTerms[1];
    try (Stage stage =
        new Stage(script, TorchDevice.CPU, Precision.FP32, trained, frozen, weights)) {
      Map<String, HostTensor> gradient = stage.gradient(objective, rows, terms);
      String where = expected.get("stage") + " " + expected.get("gates") + " " + contrast;
      relative(terms[0].total(), number(expected, "loss"), where + " loss");
      relative(terms[0].contrastive(), number(expected, "contrastive"), where + " contrastive");
      double crossEntropy =
          first
              ? number(expected, "cross_entropy")
              : expected.getAsJsonArray("cross_entropy_per_layer").asList().stream()
                  .mapToDouble(JsonElement::getAsDouble)
                  .sum();
      relative(terms[0].crossEntropy(), crossEntropy, where + " cross-entropy");
      if (first) {
        double gates = terms[0].gateMean() * config.layers();
        relative(gates, number(expected, "gate_sum"), where + " gate sum");
      }
      assertGradients(gradient, expected.getAsJsonObject("gradient_l2"), where);
    }
  }

  private static void assertGradients(
      Map<String, HostTensor> gradient, JsonObject norms, String where) {
    assertThat(gradient.keySet()).containsAll(norms.keySet());
    gradient.forEach(
        (name, tensor) -> {
          double norm = l2(tensor);
          double expected = norms.has(name) ? norms.get(name).getAsDouble() : 0.0;
          // A key bias has no gradient in exact arithmetic; both programs give rounding there.
          assertThat(norm)
              .as(where + " " + name)
              .isCloseTo(expected, within(Math.max(1e-3 * expected, 1e-6)));
        });
  }

  private static void relative(double actual, double expected, String what) {
    assertThat(actual)
        .as(what)
        .isCloseTo(expected, within(1e-4 * Math.max(Math.abs(expected), 1e-3)));
  }

  private static double l2(HostTensor tensor) {
    double sum = 0;
    for (int i = 0; i < tensor.size(); i++) {
      double value = tensor.values().get(i);
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static Map<String, HostTensor> allWeights(Path directory, BertConfig config) {
    CheckpointNames names = new CheckpointNames(config);
    Map<String, HostTensor> weights =
        new LinkedHashMap<>(ModelDirectory.openModel(directory).weights());
    List<TensorSpec> contrast = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      contrast.addAll(names.layerContrast(i));
      contrast.addAll(names.classifierContrast(i));
    }
    try (Safetensors file = Safetensors.open(directory.resolve("model.safetensors"))) {
      weights.putAll(file.tensors(contrast.stream().map(TensorSpec::name).toList()));
    }
    return weights;
  }

  private static List<LabelledText> rows(JsonObject golden) {
    List<LabelledText> rows = new ArrayList<>();
    for (int r = 0; r < golden.getAsJsonArray("labels").size(); r++) {
      int[] ids =
          golden.getAsJsonArray("input_ids").get(r).getAsJsonArray().asList().stream()
              .mapToInt(JsonElement::getAsInt)
              .toArray();
      rows.add(
          new LabelledText(
              new EncodedText(ids, new int[ids.length], false),
              golden.getAsJsonArray("labels").get(r).getAsInt()));
    }
    return rows;
  }

  private static double number(JsonObject json, String key) {
    return json.get(key).getAsDouble();
  }
}
