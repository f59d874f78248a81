package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;

/**
 * Training that is requested to stop saves a checkpoint, and a resumed run ends with the same bits.
 */
class StoppingTest {
  private final BertConfig config = TinyModels.withDropout(TinyModels.config(2, 16, 2), 0.1);
  private final TrainingSettings settings =
      TrainingLoopTest.SETTINGS.with(new TrainingSettings.Epochs(2, 1, 2, 0, 0));
  private final List<TrainingEvent> events = new ArrayList<>();
  private final Memory checkpoints = new Memory();
  private Map<String, HostTensor> undisturbed;

  /** Keeps the last checkpoint. */
  private static final class Memory implements Checkpoints {
    private Optional<Checkpoint> last = Optional.empty();

    @Override
    public Optional<Checkpoint> latest() {
      return last;
    }

    @Override
    public void save(Checkpoint checkpoint) {
      last = Optional.of(checkpoint.detached());
    }
  }

  @BeforeEach
  void trainUndisturbed() {
    undisturbed = train(GradientSync.single(), () -> false);
    checkpoints.last = Optional.empty();
    events.clear();
  }

  @Test
  void aStopAfterAnyStepLosesNothing() {
    // 13 batches an epoch: steps 13 and 26 are followed by an evaluation.
    for (int stopAt : List.of(1, 6, 13, 20, 26, 30, 39, 45, 51)) {
      checkpoints.last = Optional.empty();
      events.clear();
      assertThatThrownBy(() -> train(GradientSync.single(), () -> steps() >= stopAt - 1))
          .as("%d", stopAt)
          .isInstanceOf(TrainingStoppedException.class)
          .hasMessage(
              "Training was stopped after step %d of stage %d.",
              stopAt <= 26 ? stopAt : stopAt - 26, stopAt <= 26 ? 1 : 2);
      assertThat(checkpoints.last.orElseThrow().position().index().step())
          .isEqualTo(stopAt <= 26 ? stopAt : stopAt - 26);
      assertSameBits(train(GradientSync.single(), () -> false), "stopped at " + stopAt);
    }
  }

  @Test
  void aStopDuringAnEvaluationRepeatsTheEvaluation() {
    long[] polls = {0};
    // One poll a step and one a validation row: in the middle of the first evaluation.
    assertThatThrownBy(() -> train(GradientSync.single(), () -> ++polls[0] > 13 + 50))
        .isInstanceOf(TrainingStoppedException.class);
    assertThat(checkpoints.last.orElseThrow().position().due()).isTrue();
    assertThat(events).noneMatch(TrainingEvent.Validation.class::isInstance);
    assertSameBits(train(GradientSync.single(), () -> false), "stopped in an evaluation");
    assertThat(events.stream().filter(TrainingEvent.Validation.class::isInstance)).hasSize(4);
  }

  @Test
  void aStopThatBreaksTheConnectionsSavesTheStepBefore() {
    boolean[] stopping = {false};
    assertThatThrownBy(() -> train(breaking(9, () -> stopping[0] = true), () -> stopping[0]))
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessage("Training was stopped after step 8 of stage 1.")
        .hasRootCauseMessage("connection closed");
    assertSameBits(train(GradientSync.single(), () -> false), "broken in step 9");
  }

  @Test
  void aBrokenConnectionAloneIsNoStop() {
    assertThatThrownBy(() -> train(breaking(9, () -> {}), () -> false))
        .hasMessage("connection closed");
    assertThat(checkpoints.last).isEmpty();
  }

  /**
   * A worker of two whose exchange of the rest of the gradient, after its words, fails in a step.
   */
  private static GradientSync breaking(int step, Runnable before) {
    return new GradientSync() {
      private int exchanges;

      @Override
      public int rank() {
        return 0;
      }

      @Override
      public int worldSize() {
        return 2;
      }

      @Override
      public void sum(double[] values) {}

      @Override
      public void sum(ByteBuffer gradient) {
        if (++exchanges == 2 * step) {
          before.run();
          throw new IllegalStateException("connection closed");
        }
      }

      @Override
      public void close() {}
    };
  }

  private long steps() {
    return events.stream().filter(TrainingEvent.Step.class::isInstance).count();
  }

  private void assertSameBits(Map<String, HostTensor> model, String what) {
    assertThat(TrainerFixture.largestDifference(undisturbed, model)).as(what).isZero();
  }

  private Map<String, HostTensor> train(GradientSync sync, BooleanSupplier stop) {
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(config).backbone(), 0.1, 3);
    return new TrainingLoop(
            config,
            settings,
            new Safeguards(0, 0),
            new Worker(sync, TorchDevice.CPU, checkpoints, events::add, stop))
        .run(
            backbone,
            ShardedRows.all(TrainingLoopTest.rows(200, 1), 16),
            TrainingLoopTest.rows(100, 2));
  }
}
