package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;
import org.smartbert.model.training.TrainingSettings.Rates;

/** A training that goes on from a checkpoint. */
class ResumedTrainingTest extends TrainerFixture {
  @Test
  void aRunThatGoesOnFromAnyCheckpointEndsWithTheSameBits() {
    BertConfig dropped = TinyModels.withDropout(config, 0.1);
    List<Checkpoint> saved = new ArrayList<>();
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
    TrainingSettings two =
        settings.with(
            optimisation(
                new Rates(List.of(1e-3, 3e-3), HeadLearningRate.BACKBONES, Schedule.COSINE, 10),
                2));
    Map<String, HostTensor> undisturbed = train(dropped, two, keeping);
    assertThat(saved).hasSizeGreaterThan(20);
    for (int i = 0; i < saved.size(); i += 3) {
      Checkpoint from = saved.get(i);
      Checkpoints resuming =
          new Checkpoints() {
            @Override
            public Optional<Checkpoint> latest() {
              return Optional.of(from);
            }

            @Override
            public void save(Checkpoint checkpoint) {}
          };
      assertThat(largestDifference(undisturbed, train(dropped, two, resuming)))
          .as("from %s", from.position())
          .isZero();
    }
  }
}
