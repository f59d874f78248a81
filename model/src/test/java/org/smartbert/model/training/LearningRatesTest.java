package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.training.TrainingSettings.Epochs;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;
import org.smartbert.model.training.TrainingSettings.Optimisation;
import org.smartbert.model.training.TrainingSettings.Rates;

/** Learning rates: of several trials, of the heads, over the steps. */
class LearningRatesTest extends TrainerFixture {
  @Test
  void theBestOfSeveralLearningRatesGoesOn() {
    train(
        settings.with(
            optimisation(
                new Rates(List.of(1e-7, 3e-3), HeadLearningRate.BACKBONES, Schedule.LINEAR, 10),
                1)));
    assertThat(validations(1)).extracting(TrainingEvent.Validation::trial).contains(1, 2);
    TrainingEvent.Step stageTwo =
        steps().stream().filter(s -> s.stage() == 2 && s.step() == 10).findFirst().orElseThrow();
    assertThat(stageTwo.rates().backbone()).isCloseTo(3e-3, within(1e-9));
  }

  @Test
  void headsHaveALearningRateOfTheirOwn() {
    Map<String, HostTensor> backbone = backbone(config);
    TrainingSettings short1 = settings.with(new Epochs(1, 1, 1, 0, 0));
    Map<String, HostTensor> model = train(short1.with(rates(1e-8, HeadLearningRate.of(3e-3))));
    backbone.forEach(
        (name, before) ->
            assertThat(largestDifference(Map.of(name, before), Map.of(name, model.get(name))))
                .as(name)
                .isLessThan(1e-5f));
    Map<String, HostTensor> still = train(short1.with(rates(1e-8, HeadLearningRate.of(1e-8))));
    for (String head : List.of("gates.1.", "classifiers.0.", "classifiers.2.")) {
      String name = head + "projection.weight";
      assertThat(largestDifference(Map.of(name, still.get(name)), Map.of(name, model.get(name))))
          .as(name)
          .isGreaterThan(1e-3f);
    }
    TrainingEvent.Step tenth =
        steps().stream().filter(s -> s.stage() == 1 && s.step() == 10).findFirst().orElseThrow();
    assertThat(tenth.rates().backbone()).isCloseTo(1e-8, within(1e-12));
    assertThat(tenth.rates().heads()).isCloseTo(3e-3, within(1e-9));
  }

  @Test
  void withoutOneHeadsHaveTheBackbones() {
    TrainingSettings short1 = settings.with(new Epochs(1, 1, 1, 0, 0));
    Map<String, HostTensor> named = train(short1.with(rates(3e-3, HeadLearningRate.of(3e-3))));
    assertThat(
            largestDifference(named, train(short1.with(rates(3e-3, HeadLearningRate.BACKBONES)))))
        .isZero();
  }

  @Test
  void theDefaultRaisesTheBackbonesRate() {
    assertThat(HeadLearningRate.DEFAULT.peak(2e-5)).isEqualTo(1e-3);
    assertThat(HeadLearningRate.DEFAULT.peak(3e-3)).isEqualTo(3e-3);
    assertThat(HeadLearningRate.of(1e-5).peak(2e-5)).isEqualTo(1e-5);
  }

  @Test
  void schedulesWarmUpAndDecayToNothing() {
    assertThat(Schedule.LINEAR.rate(1, 10, 110, 5)).isEqualTo(0.5);
    assertThat(Schedule.LINEAR.rate(1, 10, 110, 10)).isEqualTo(1);
    assertThat(Schedule.LINEAR.rate(1, 10, 110, 61)).isEqualTo(0.5);
    assertThat(Schedule.LINEAR.rate(1, 10, 110, 110)).isCloseTo(0.01, within(1e-12));
    assertThat(Schedule.COSINE.rate(1, 10, 110, 61)).isCloseTo(0.5, within(1e-12));
    assertThat(Schedule.COSINE.rate(1, 10, 110, 36)).isCloseTo(0.853553, within(1e-6));
  }

  private static Optimisation rates(double backbone, HeadLearningRate heads) {
    return optimisation(new Rates(List.of(backbone), heads, Schedule.LINEAR, 10), 1);
  }
}
