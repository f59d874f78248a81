package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;

/** Exits that learn from the last classifier look at no label. */
class ExitTargetsTest {
  private final List<TrainingEvent> events = new ArrayList<>();
  private final List<Checkpoint> saved = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(names = {"SMARTBERT", "DEEBERT"})
  void labelsChangeNothingAndTheExitsLearn(Method method) {
    BertConfig config = TinyModels.config(3, 16, 2).withMechanism(method.mechanism());
    List<LabelledText> rows = TrainingLoopTest.rows(600, 1);
    List<LabelledText> wrong =
        rows.stream().map(row -> new LabelledText(row.text(), 1 - row.label())).toList();
    Map<String, HostTensor> model = train(config, ExitTargets.LAST, rows, Optional.empty());
    TrainingEvent.Validation last = (TrainingEvent.Validation) events.get(events.size() - 1);
    assertThat(last.scores().accuracy()).isGreaterThan(0.9);
    assertThat(last.cost()).isLessThan(1);
    Optional<Checkpoint> afterStageOne =
        saved.stream().filter(c -> c.position().index().stage() == 1).reduce((a, b) -> b);
    Map<String, HostTensor> again = train(config, ExitTargets.LAST, wrong, afterStageOne);
    assertThat(TrainerOptionsTest.largestDifference(model, again)).isZero();
    Map<String, HostTensor> byLabels = train(config, ExitTargets.LABELS, wrong, afterStageOne);
    assertThat(TrainerOptionsTest.largestDifference(model, byLabels)).isPositive();
  }

  private Map<String, HostTensor> train(
      BertConfig config, ExitTargets exits, List<LabelledText> rows, Optional<Checkpoint> from) {
    Checkpoints checkpoints =
        new Checkpoints() {
          @Override
          public Optional<Checkpoint> latest() {
            return from;
          }

          @Override
          public void save(Checkpoint checkpoint) {
            saved.add(checkpoint.detached());
          }
        };
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(config).backbone(), 0.1, 3);
    try (GradientSync sync = GradientSync.single()) {
      return new TrainingLoop(
              config,
              TrainingLoopTest.SETTINGS.with(TrainingLoopTest.SETTINGS.losses().with(exits)),
              new Safeguards(0, 0),
              new Worker(sync, TorchDevice.CPU, checkpoints, events::add, () -> false))
          .run(backbone, ShardedRows.all(rows, 16), TrainingLoopTest.rows(100, 2));
    }
  }
}
