package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;

/** What gates start from. */
class GateBiasTest {
  private final BertConfig config = TinyModels.config(3, 16, 2);

  @Test
  void gatesStartFromTheirBias() {
    for (double bias : new double[] {0, -3, 2}) {
      TrainingEvent.Step first = firstStep(bias);
      assertThat(first.loss().gateMeans()).hasSize(3);
      for (double mean : first.loss().gateMeans()) {
        assertThat(mean).as("bias %s", bias).isCloseTo(1 / (1 + Math.exp(-bias)), within(0.02));
      }
    }
  }

  @Test
  void gatesThatAreThereKeepTheirs() {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    weights.put(
        "gates.1.output.bias", HostTensor.of("gates.1.output.bias", new float[] {0.25f}, 1));
    NewWeights.fillGateBiases(weights, new CheckpointNames(config).gates(), -3);
    assertThat(weights.keySet())
        .containsExactlyInAnyOrder(
            "gates.0.output.bias", "gates.1.output.bias", "gates.2.output.bias");
    assertThat(weights.get("gates.1.output.bias").values().get(0)).isEqualTo(0.25f);
    assertThat(weights.get("gates.2.output.bias").values().get(0)).isEqualTo(-3);
  }

  private TrainingEvent.Step firstStep(double bias) {
    List<TrainingEvent> events = new ArrayList<>();
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(config).backbone(), 0.1, 3);
    new TrainingLoop(
            config,
            TrainingLoopTest.SETTINGS
                .with(new TrainingSettings.Epochs(1, 1, 1, 1, 0))
                .withGateBias(bias),
            new Safeguards(0, 0),
            Worker.alone(TorchDevice.CPU, events::add))
        .run(
            backbone,
            ShardedRows.all(TrainingLoopTest.rows(100, 1), 16),
            TrainingLoopTest.rows(20, 2));
    return (TrainingEvent.Step) events.get(0);
  }
}
