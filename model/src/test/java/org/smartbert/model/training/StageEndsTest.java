package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.smartbert.model.training.TrainingSettings.Epochs;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;
import org.smartbert.model.training.TrainingSettings.Rates;
import org.smartbert.model.training.TrainingSettings.Selection;

/** What ends a stage before its epochs do. */
class StageEndsTest extends TrainerFixture {
  @Test
  void earlyStoppingEndsStageOneAndStageTwoFollows() {
    train(
        settings
            .with(
                optimisation(
                    new Rates(List.of(1e-9), HeadLearningRate.BACKBONES, Schedule.LINEAR, 1), 1))
            .with(new Epochs(3, 0, 1, 0, 0))
            .with(new Selection(Metric.ACCURACY, 5, 2)));
    assertThat(validations(1))
        .extracting(TrainingEvent.Validation::step)
        .containsExactly(5, 10, 15);
    assertThat(validations(2)).isNotEmpty();
  }

  @Test
  void aMaximumOfStepsEndsEachStageWithAnEvaluation() {
    train(settings.with(new Epochs(3, 2, 2, 7, 0)));
    assertThat(steps()).filteredOn(s -> s.stage() == 1).hasSize(7);
    assertThat(steps()).filteredOn(s -> s.stage() == 2).hasSize(7);
    assertThat(validations(1)).extracting(TrainingEvent.Validation::step).containsExactly(7);
    assertThat(validations(2)).extracting(TrainingEvent.Validation::step).containsExactly(7);
  }

  @Test
  void aMaximumOfMinutesEndsEachStageWithAnEvaluation() {
    train(settings.with(new Epochs(3, 2, 2, 0, 1e-9)));
    assertThat(steps()).hasSize(2);
    assertThat(validations(1)).hasSize(1);
    assertThat(validations(2)).hasSize(1);
  }
}
