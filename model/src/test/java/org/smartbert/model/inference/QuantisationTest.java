package org.smartbert.model.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;

/** int8 models: written, read again, and close to what they were made of. */
class QuantisationTest {
  private final BertConfig config = TinyModels.config(6, 32, 3);
  private final Map<String, HostTensor> weights =
      TinyModels.weights(new CheckpointNames(config).model(), 5);
  private final List<EncodedText> rows = rows(300);

  @TempDir private Path folder;

  @Test
  void anInt8ModelDecidesNearlyAsTheOneItWasMadeOf() {
    Path directory = quantised();
    InferenceSettings full = InferenceSettings.of(new ExitPolicy.Never(), Gates.OFF);
    int same = 0;
    try (SmartBertModel exact = SmartBertModel.of(config, weights, Precision.FP32);
        SmartBertModel rounded =
            SmartBertModel.load(directory, 32, Precision.INT8, TorchDevice.CPU)) {
      List<Decision> expected = exact.classifier(full).decide(rows);
      List<Decision> actual = rounded.classifier(full).decide(rows);
      for (int r = 0; r < rows.size(); r++) {
        same += expected.get(r).label() == actual.get(r).label() ? 1 : 0;
        assertThat(actual.get(r).flops()).isEqualTo(expected.get(r).flops());
      }
    }
    // Random weights leave rows at every margin; a wrong scale would leave a third.
    assertThat(same).isGreaterThan(rows.size() * 9 / 10);
  }

  @ParameterizedTest
  @EnumSource
  void everyMethodHasAnInt8Form(Method method) {
    assertHasAnInt8Form(method.mechanism());
  }

  @Test
  void aConvertedClassifierHasAnInt8Form() {
    assertHasAnInt8Form(
        new Method.Mechanism(Method.SMARTBERT, false, true, Method.Classifier.POOLER));
  }

  private void assertHasAnInt8Form(Method.Mechanism mechanism) {
    Method method = mechanism.method();
    BertConfig other = config.withMechanism(mechanism);
    Map<String, HostTensor> tensors = TinyModels.weights(new CheckpointNames(other).model(), 5);
    Path source = TinyModels.write(folder.resolve("source"), other, 5);
    Quantisation.Result result = Quantisation.of(other, tensors, rows);
    Path directory = folder.resolve("int8");
    ModelDirectory.write(
        directory, other, result.tensors().values(), result.int8(), source, Map.of());
    InferenceSettings how = InferenceSettings.of(ExitPolicy.of(method, 0.3f), Gates.OFF);
    int same = 0;
    try (SmartBertModel exact = SmartBertModel.of(other, tensors, Precision.FP32);
        SmartBertModel rounded =
            SmartBertModel.load(directory, 32, Precision.INT8, TorchDevice.CPU)) {
      List<Decision> expected = exact.classifier(how).decide(rows);
      List<Decision> actual = rounded.classifier(how).decide(rows);
      for (int r = 0; r < rows.size(); r++) {
        same += expected.get(r).label() == actual.get(r).label() ? 1 : 0;
      }
    }
    assertThat(same).isGreaterThan(rows.size() * 85 / 100);
  }

  @Test
  void readInFloat32ItIsTheRoundedModel() {
    ModelDirectory.Contents contents = ModelDirectory.openModel(quantised());
    for (String name : new CheckpointNames(config).int8Weights()) {
      HostTensor before = weights.get(name);
      HostTensor after = contents.weights().get(name);
      int columns = Math.toIntExact(before.shape().get(1));
      for (int i = 0; i < before.size(); i++) {
        float largest = 0;
        for (int c = i / columns * columns; c < (i / columns + 1) * columns; c++) {
          largest = Math.max(largest, Math.abs(before.values().get(c)));
        }
        assertThat(after.values().get(i))
            .as("%s[%d]", name, i)
            .isCloseTo(before.values().get(i), within(largest / 127 * 0.501f));
      }
    }
  }

  /** Matrices are rounded up to a few sizes; what fills them must not look like the sample. */
  @Test
  void rangesAreTheSamplesOwn() {
    EncodedText row = new EncodedText(new int[] {7, 33, 12, 50, 9}, new int[5], false);
    Map<String, HostTensor> filled = Quantisation.of(config, weights, List.of(row)).tensors();
    // Sixteen rows of five tokens fill their matrix.
    Map<String, HostTensor> exact =
        Quantisation.of(config, weights, Collections.nCopies(16, row)).tensors();
    for (CheckpointNames.TensorSpec scale : new CheckpointNames(config).inputScales()) {
      float expected = exact.get(scale.name()).values().get(0);
      assertThat(filled.get(scale.name()).values().get(0))
          .as(scale.name())
          .isCloseTo(expected, within(1e-5f * expected));
    }
  }

  @Test
  void int8NeedsAQuantisedModel() {
    Path plain = TinyModels.write(folder.resolve("plain"), config, 1);
    assertThatThrownBy(() -> SmartBertModel.load(plain, 32, Precision.INT8, TorchDevice.CPU))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is not quantised; write an int8 model with smartbert quantize");
  }

  @Test
  void stepsWithoutScalesAreRefused() {
    Quantisation.Result result = Quantisation.of(config, weights, rows);
    String name = "gates.0.projection.weight";
    result.tensors().remove(name + "_scale");
    Path directory = folder.resolve("half");
    ModelDirectory.write(
        directory,
        config,
        result.tensors().values(),
        result.int8(),
        TinyModels.write(folder.resolve("plain"), config, 1),
        Map.of());
    assertThatThrownBy(() -> ModelDirectory.openModel(directory))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(name + " in")
        .hasMessageContaining("is I8 without a " + name + "_scale");
  }

  private Path quantised() {
    Path plain = TinyModels.write(folder.resolve("plain"), config, 1);
    Path directory = folder.resolve("int8");
    Quantisation.Result result = Quantisation.of(config, weights, rows.subList(0, 100));
    ModelDirectory.write(
        directory, config, result.tensors().values(), result.int8(), plain, Map.of());
    assertThat(ModelDirectory.isQuantised(directory)).isTrue();
    assertThat(ModelDirectory.isQuantised(plain)).isFalse();
    return directory;
  }

  private static List<EncodedText> rows(int count) {
    Random random = new Random(9);
    List<EncodedText> rows = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      int[] ids = random.ints(2 + random.nextInt(28), 5, 65).toArray();
      rows.add(new EncodedText(ids, new int[ids.length], false));
    }
    return rows;
  }
}
