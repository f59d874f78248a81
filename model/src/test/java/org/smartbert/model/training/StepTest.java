package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;
import org.smartbert.model.training.TrainingSettings.Frozen;

class StepTest {
  private static final Path STAT = Path.of("/proc/self/stat");

  /** A vocabulary whose vectors are nearly all of the network's weights: 77 MB in float32. */
  private static final int MANY_WORDS = 300_000;

  private static final LabelledText ROW =
      new LabelledText(new EncodedText(new int[] {2, 7, 9, 7, 3}, new int[5], false), 1);

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void aStepAllocatesNothingOfTheParametersSize(Precision precision) throws IOException {
    assumeThat(STAT).exists();
    BertConfig config = config(MANY_WORDS);
    try (TorchScript script = TorchScript.training();
        Stage stage = stage(script, config, precision, Frozen.NOTHING)) {
      long fewest = Long.MAX_VALUE;
      for (int step = 0; step < 6; step++) {
        long before = faults();
        stage.step(
            objective(script, config),
            GradientSync.single(),
            new Stage.Share(List.of(ROW), 1, step, new Stage.Votes(0, 0)),
            new LearningRates(1e-4, 1e-4),
            TrainingSettings.defaults().optimisation());
        fewest = Math.min(fewest, faults() - before);
      }
      // A vector of the parameters' size in bfloat16 is 9,400 pages, in float32 18,800.
      assertThat(fewest).isLessThan(3_000);
    }
  }

  /** Pages that the kernel has provided to this process: minflt, proc(5). */
  private static long faults() throws IOException {
    String stat = Files.readString(STAT);
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[7]);
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void theTablesGradientIsInTheRowsThatOccurred(Precision precision) {
    BertConfig config = config(50);
    try (TorchScript script = TorchScript.training();
        Stage stage = stage(script, config, precision, Frozen.NOTHING)) {
      LabelledText other =
          new LabelledText(new EncodedText(new int[] {2, 30, 3}, new int[] {0, 1, 1}, true), 0);
      stage.gradient(objective(script, config), List.of(ROW, other), new LossTerms[1]);
      // What an earlier step left is gone.
      Map<String, HostTensor> gradient =
          stage.gradient(objective(script, config), List.of(ROW), new LossTerms[1]);
      assertThat(rowsThatAreNotZero(gradient, "word")).containsExactly(2, 3, 7, 9);
      assertThat(rowsThatAreNotZero(gradient, "position")).containsExactly(0, 1, 2, 3, 4);
      assertThat(rowsThatAreNotZero(gradient, "token_type")).containsExactly(0);
    }
  }

  private static List<Integer> rowsThatAreNotZero(Map<String, HostTensor> gradient, String table) {
    HostTensor tensor = gradient.get("bert.embeddings." + table + "_embeddings.weight");
    int columns = Math.toIntExact(tensor.shape().get(1));
    return IntStream.range(0, tensor.size())
        .filter(i -> tensor.values().get(i) != 0)
        .map(i -> i / columns)
        .distinct()
        .boxed()
        .toList();
  }

  @Test
  void frozenEmbeddingsLeaveTheOthersGradientsAsTheyAre() {
    BertConfig config = config(50);
    try (TorchScript script = TorchScript.training();
        Stage all = stage(script, config, Precision.FP32, Frozen.NOTHING);
        Stage part = stage(script, config, Precision.FP32, Frozen.EMBEDDINGS)) {
      Map<String, HostTensor> whole =
          all.gradient(objective(script, config), List.of(ROW), new LossTerms[1]);
      Map<String, HostTensor> rest =
          part.gradient(objective(script, config), List.of(ROW), new LossTerms[1]);
      assertThat(rest.keySet())
          .hasSize(whole.size() - 5)
          .noneMatch(name -> name.startsWith("bert.embeddings."));
      rest.forEach(
          (name, tensor) ->
              assertThat(tensor.values()).as(name).isEqualTo(whole.get(name).values()));
    }
  }

  @Test
  void oneDnnsProductsAndTheirGradientsAreLibtorchs() {
    try (TorchScript script = TorchScript.training();
        NDManager scope = NDManager.newBaseManager(TorchDevice.CPU.djl())) {
      for (long[] shape :
          List.of(new long[] {64, 64}, new long[] {384, 128}, new long[] {128, 512})) {
        float error =
            script
                .call(Mode.GRADIENT, scope, "product_error", shape[0], shape[1])
                .get(0)
                .getFloat();
        assertThat(error).as("%s", List.of(shape[0], shape[1])).isLessThan(1e-5f);
      }
    }
  }

  private static StageOne objective(TorchScript script, BertConfig config) {
    return new StageOne(
        script, config, GateMode.SOFT, TrainingSettings.defaults().losses(), Purpose.FINE_TUNING);
  }

  private static BertConfig config(int words) {
    return new BertConfig(
        new BertConfig.Embeddings(words, 16, 2),
        new BertConfig.Encoder(2, 64, 2, 128, BertConfig.Encoder.LAYER_NORM_EPS),
        new BertConfig.Training(0, 0, 0.02),
        true,
        List.of("no", "yes"),
        BertConfig.Heads.PAPER);
  }

  private static Stage stage(
      TorchScript script, BertConfig config, Precision precision, Frozen frozen) {
    StageTensors tensors =
        new StageTensors(
            new CheckpointNames(config),
            TrainingSettings.defaults().losses(),
            frozen,
            Purpose.FINE_TUNING);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    List<TensorSpec> specs = tensors.stageOne();
    NewWeights.fill(weights, specs, 0.1, 5);
    return new Stage(
        script,
        TorchDevice.CPU,
        precision,
        tensors.stageOneTrained(),
        tensors.stageOneFrozen(),
        weights);
  }
}
