package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.Checkpoint.Best;
import org.smartbert.model.training.TrainingSettings.Epochs;
import org.smartbert.model.training.TrainingSettings.Selection;

/** Evaluations of states that were trained with soft gates. */
class SoftPhaseTest {
  private final BertConfig config = TinyModels.config(2, 16, 2);
  private final List<TrainingEvent.Validation> validations = new ArrayList<>();

  @Test
  void aSoftStateGivesWayToAnyHardOne() {
    Best soft = new Best(0.9, 1, 0, true);
    assertThat(soft.yieldsTo(0.1, false)).isTrue();
    assertThat(soft.yieldsTo(Double.NaN, false)).isFalse();
    assertThat(soft.yieldsTo(0.8, true)).isFalse();
    assertThat(soft.yieldsTo(0.9, true)).isTrue();
    Best hard = new Best(0.1, 1, 0, false);
    assertThat(hard.yieldsTo(0.9, true)).isFalse();
    assertThat(hard.yieldsTo(0.1, false)).isTrue();
    assertThat(Best.NONE.yieldsTo(0, true)).isTrue();
    assertThat(Best.NONE.yieldsTo(0, false)).isTrue();
  }

  @Test
  void evaluationsSayWhichGatesWereTrainedAndHardOnesAreChosenFrom() {
    // A rate at which nothing is learnt: by their values alone the first would be as good as any.
    train(config, new Epochs(3, 2, 1, 0, 0), new Selection(Metric.ACCURACY, 0, 0), 1e-9);
    assertThat(validations)
        .extracting(TrainingEvent.Validation::trainedGates)
        .containsExactly(GateMode.SOFT, GateMode.SOFT, GateMode.HARD, GateMode.HARD);
    assertThat(validations).extracting(TrainingEvent.Validation::gates).containsOnly(GateMode.HARD);
    assertThat(validations.get(2).best()).isTrue();
  }

  @Test
  void earlyStoppingWaitsForHardGates() {
    // 13 steps an epoch, the first two soft; nothing improves, and two hard evaluations are enough
    // after the first, which is one by itself.
    train(config, new Epochs(4, 2, 1, 0, 0), new Selection(Metric.ACCURACY, 5, 2), 1e-9);
    assertThat(validations)
        .filteredOn(v -> v.stage() == 1)
        .extracting(TrainingEvent.Validation::step)
        .containsExactly(5, 10, 15, 20, 25, 30, 35, 40);
  }

  @Test
  void softThroughoutIsChosenFromAndStopsEarly() {
    train(config, new Epochs(3, 3, 1, 0, 0), new Selection(Metric.ACCURACY, 5, 2), 1e-9);
    assertThat(validations)
        .filteredOn(v -> v.stage() == 1)
        .extracting(TrainingEvent.Validation::step)
        .containsExactly(5, 10, 15);
    assertThat(validations.get(0).best()).isTrue();
    assertThat(validations.get(0).trainedGates()).isEqualTo(GateMode.SOFT);
  }

  @Test
  void aLimitInTheSoftPhaseKeepsASoftState() {
    Map<String, HostTensor> model =
        train(config, new Epochs(3, 2, 1, 7, 0), new Selection(Metric.ACCURACY, 0, 0), 3e-3);
    assertThat(validations.get(0).trainedGates()).isEqualTo(GateMode.SOFT);
    assertThat(validations.get(0).best()).isTrue();
    assertThat(model).isNotEmpty();
  }

  @Test
  void withoutGatesThereIsNoSoftPhase() {
    BertConfig plain = config.withMechanism(Method.DEEBERT.mechanism());
    train(plain, new Epochs(2, 2, 1, 0, 0), new Selection(Metric.ACCURACY, 0, 0), 3e-3);
    assertThat(validations)
        .extracting(TrainingEvent.Validation::trainedGates)
        .containsOnly(GateMode.OFF);
    assertThat(validations).extracting(TrainingEvent.Validation::gates).containsOnly(GateMode.OFF);
  }

  private Map<String, HostTensor> train(
      BertConfig network, Epochs epochs, Selection selection, double rate) {
    TrainingSettings settings =
        TrainingLoopTest.SETTINGS
            .with(
                new TrainingSettings.Optimisation(
                    TrainingSettings.Rates.of(rate),
                    0.01,
                    1.0,
                    16,
                    1,
                    TrainingSettings.Frozen.NOTHING))
            .with(epochs)
            .with(selection);
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(network).backbone(), 0.1, 3);
    return new TrainingLoop(
            network,
            settings,
            new Safeguards(0, 0),
            Worker.alone(
                TorchDevice.CPU,
                event -> {
                  if (event instanceof TrainingEvent.Validation v) {
                    validations.add(v);
                  }
                }))
        .run(
            backbone,
            ShardedRows.all(TrainingLoopTest.rows(200, 1), 16),
            TrainingLoopTest.rows(100, 2));
  }
}
