package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;

/** Numbers that are none end a training with a sentence, and never become a model. */
class DivergenceTest {
  private final BertConfig config = TinyModels.config(2, 16, 2);
  private final List<TrainingEvent> events = new ArrayList<>();
  private final List<Checkpoint> saved = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void anInfiniteLossOrGradientEndsTheRunWithItsTermsAndTheRemedy(Precision precision) {
    TrainingSettings wild = TrainingLoopTest.SETTINGS.with(optimisation(1e30)).with(precision);
    assertThatThrownBy(() -> train(wild))
        .isInstanceOf(DivergedException.class)
        .hasMessageMatching(
            "Training diverged at step \\d+ of stage 1: the loss is .* \\(cross-entropy .*, skip"
                + " penalty .*, contrastive .*\\) and the gradient's norm is .*; lower"
                + " --learning-rate \\(it is 1.0E30\\), raise --warmup-steps \\(1\\)"
                + (precision == Precision.BF16 ? ", or train with --precision fp32" : "")
                + "\\.");
    assertThat(events)
        .filteredOn(TrainingEvent.Step.class::isInstance)
        .allMatch(event -> Double.isFinite(((TrainingEvent.Step) event).loss().total()));
    assertCheckpointsAreFinite();
  }

  @Test
  void weightsThatTheLastStepMadeInfiniteAreNoModel() {
    // Step 1 of 1: its loss is that of the weights before it.
    TrainingSettings once =
        TrainingLoopTest.SETTINGS
            .with(optimisation(1e39))
            .with(new TrainingSettings.Epochs(1, 1, 1, 1, 0));
    assertThatThrownBy(() -> train(once))
        .isInstanceOf(DivergedException.class)
        .hasMessageStartingWith(
            "Training diverged at step 1 of stage 1: the weights are infinite or NaN; lower");
    assertThat(saved).isEmpty();
  }

  @Test
  void anEvaluationWithInfiniteOutputsHasNoMetricAndIsNeverTheBest() {
    Map<String, HostTensor> weights = TinyModels.weights(new CheckpointNames(config).model(), 5);
    HostTensor output = weights.get("classifiers.1.output.weight");
    for (int i = 0; i < output.size(); i++) {
      output.values().put(i, Float.MAX_VALUE);
    }
    Validator validator =
        new Validator(
            config, Worker.alone(TorchDevice.CPU, events::add), TrainingLoopTest.rows(20, 2));
    TrainingEvent.Validation score =
        validator
            .score(
                weights,
                InferenceSettings.of(new ExitPolicy.Never(), Gates.ON),
                Checkpoint.Position.start(),
                GateMode.HARD)
            .orElseThrow();
    assertThat(score.scores().accuracy()).isNaN();
    assertThat(score.scores().f1()).isNaN();
    assertThat(score.scores().mcc()).isNaN();
  }

  @Test
  void moreWeightsThanABufferHoldsAreRefusedBeforeTheyAreAllocated() {
    List<TensorSpec> specs =
        List.of(
            new TensorSpec("a", List.of(30_000L, 10_000L)),
            new TensorSpec("b", List.of(30_000L, 10_000L)));
    assertThatThrownBy(() -> new ParameterLayout(specs))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "The network has 600000000 weights in one training stage, and a worker takes"
                + " 536870911; train a smaller model.");
  }

  private static TrainingSettings.Optimisation optimisation(double peak) {
    TrainingSettings.Rates rates =
        new TrainingSettings.Rates(
            List.of(peak), TrainingSettings.HeadLearningRate.BACKBONES, Schedule.LINEAR, 1);
    return new TrainingSettings.Optimisation(
        rates, 0.01, 1.0, 16, 1, TrainingSettings.Frozen.NOTHING);
  }

  private void assertCheckpointsAreFinite() {
    for (Checkpoint checkpoint : saved) {
      for (HostTensor tensor : checkpoint.tensors().values()) {
        for (int i = 0; i < tensor.size(); i++) {
          assertThat(Float.isFinite(tensor.values().get(i))).as(tensor.name()).isTrue();
        }
      }
    }
  }

  private void train(TrainingSettings settings) {
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(config).backbone(), 0.1, 3);
    Checkpoints keeping =
        new Checkpoints() {
          @Override
          public Optional<Checkpoint> latest() {
            return Optional.empty();
          }

          @Override
          public void save(Checkpoint checkpoint) {
            saved.add(checkpoint.detached());
          }
        };
    new TrainingLoop(
            config,
            settings,
            new Safeguards(1, 0),
            new Worker(GradientSync.single(), TorchDevice.CPU, keeping, events::add, () -> false))
        .run(
            backbone,
            ShardedRows.all(TrainingLoopTest.rows(200, 1), 16),
            TrainingLoopTest.rows(50, 2));
  }
}
