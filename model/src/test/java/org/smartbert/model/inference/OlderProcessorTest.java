package org.smartbert.model.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;

/** Rows are decided on processors without AVX-512, which libtorch and oneDNN are set to here. */
class OlderProcessorTest {
  private static final BertConfig CONFIG = TinyModels.config(6, 32, 3);
  private static final InferenceSettings SETTINGS =
      new InferenceSettings(new ExitPolicy.Entropy(0.5f), Gates.ON, 400, 4000);

  @ParameterizedTest
  @ValueSource(strings = {"AVX2", "SSE41"})
  void decidesAsThisOne(String instructions) throws Exception {
    List<String> here = printed(Precision.FP32).lines().toList();
    List<String> there = elsewhere(instructions).lines().toList();
    int rows = here.size();
    assertThat(there).hasSize(3 * rows);
    assertThat(there.subList(0, rows)).isEqualTo(here);
    for (int rounded = 1; rounded < 3; rounded++) {
      List<String> decisions = there.subList(rounded * rows, (rounded + 1) * rows);
      long alike = decisions.stream().filter(here::contains).count();
      // Random weights leave many rows near a threshold; a broken kernel would leave chance.
      assertThat(alike).as("%d", rounded).isGreaterThan(rows * 6L / 10);
    }
  }

  private static String elsewhere(String instructions) throws IOException, InterruptedException {
    return OtherJvm.run(
        Map.of("ONEDNN_MAX_CPU_ISA", instructions, "ATEN_CPU_CAPABILITY", "default"),
        List.of(),
        OlderProcessorTest.class);
  }

  public static void main(String[] arguments) {
    System.out.print(printed(Precision.FP32));
    System.out.print(printed(Precision.BF16));
    System.out.print(printed(Precision.INT8));
  }

  /** A line for each row: its number, label and path. */
  private static String printed(Precision precision) {
    Map<String, HostTensor> weights = TinyModels.weights(new CheckpointNames(CONFIG).model(), 5);
    List<EncodedText> rows = AdaptiveClassifierTest.rows(200);
    if (precision == Precision.INT8) {
      weights = calibrated(weights, rows);
    }
    try (SmartBertModel model = SmartBertModel.of(CONFIG, weights, precision, TorchDevice.CPU)) {
      List<Decision> decisions = model.classifier(SETTINGS).decide(rows);
      int[] row = {0};
      return decisions.stream()
          .map(d -> row[0]++ + " " + d.label() + " " + Arrays.toString(d.skipMask()) + "\n")
          .collect(Collectors.joining());
    }
  }

  /** The weights, which int8's packing rounds, and the ranges of inputs. */
  private static Map<String, HostTensor> calibrated(
      Map<String, HostTensor> weights, List<EncodedText> rows) {
    Map<String, HostTensor> both = new LinkedHashMap<>(weights);
    Quantisation.of(CONFIG, weights, rows).tensors().values().stream()
        .filter(tensor -> tensor.name().endsWith(".input_scale"))
        .forEach(tensor -> both.put(tensor.name(), tensor));
    return both;
  }
}
