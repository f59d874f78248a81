package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;

class TrainingLoopTest {
  private final BertConfig config = TinyModels.withDropout(TinyModels.config(3, 16, 2), 0.1);
  static final TrainingSettings SETTINGS =
      TrainingSettings.defaults()
          .with(
              new TrainingSettings.Optimisation(
                  TrainingSettings.Rates.of(3e-3),
                  0.01,
                  1.0,
                  16,
                  1,
                  TrainingSettings.Frozen.NOTHING))
          .with(new TrainingSettings.Epochs(3, 2, 2, 0, 0))
          .with(
              new TrainingSettings.Losses(
                  0.001,
                  new TrainingSettings.Contrast(0.01, 0.5),
                  new TrainingSettings.Contrast(0.05, 0.55),
                  new TrainingSettings.Teacher(0.5, 2),
                  0,
                  List.of()))
          .withSeed(11);

  @Test
  void bothStagesLearnAndReport() {
    List<TrainingEvent> events = new ArrayList<>();
    Map<String, HostTensor> model = train(events);
    assertThat(model.keySet())
        .containsExactlyElementsOf(
            new CheckpointNames(config)
                .model().stream().map(CheckpointNames.TensorSpec::name).toList());
    List<TrainingEvent.Validation> validations = new ArrayList<>();
    List<TrainingEvent.Step> steps = new ArrayList<>();
    for (TrainingEvent event : events) {
      if (event instanceof TrainingEvent.Validation v) {
        validations.add(v);
      } else if (event instanceof TrainingEvent.Step s) {
        steps.add(s);
      }
    }
    assertThat(validations).hasSize(5);
    assertThat(validations.get(4).scores().accuracy()).isGreaterThan(0.9);
    TrainingEvent.Step last = steps.get(steps.size() - 1);
    assertThat(last.step()).isEqualTo(last.steps());
    assertThat(steps.get(0).rates().backbone()).isCloseTo(3e-4, within(1e-12));
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    Map<String, HostTensor> first = train(new ArrayList<>());
    Map<String, HostTensor> second = train(new ArrayList<>());
    first.forEach(
        (name, tensor) ->
            assertThat(second.get(name).values().compareTo(tensor.values())).as(name).isZero());
  }

  private Map<String, HostTensor> train(List<TrainingEvent> events) {
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(config).backbone(), 0.1, 3);
    return new TrainingLoop(
            config, SETTINGS, new Safeguards(0, 0), Worker.alone(TorchDevice.CPU, events::add))
        .run(backbone, ShardedRows.all(rows(600, 1), 16), rows(100, 2));
  }

  /** The class is whether the row holds token 10. */
  static List<LabelledText> rows(int count, long seed) {
    Random random = new Random(seed);
    List<LabelledText> rows = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      int[] ids = new int[4 + random.nextInt(8)];
      for (int i = 1; i < ids.length - 1; i++) {
        ids[i] = 11 + random.nextInt(50);
      }
      ids[0] = 2;
      ids[ids.length - 1] = 3;
      int label = random.nextInt(2);
      if (label == 1) {
        ids[1 + random.nextInt(ids.length - 2)] = 10;
      }
      rows.add(new LabelledText(new EncodedText(ids, new int[ids.length], false), label));
    }
    return rows;
  }
}
