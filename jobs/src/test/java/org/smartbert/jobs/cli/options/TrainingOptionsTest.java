package org.smartbert.jobs.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.training.ExitTargets;
import org.smartbert.model.training.SkipPenalty;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What the training options become. */
class TrainingOptionsTest {
  @Command
  private static final class Holder {
    @Mixin private MethodOptions method;
    @Mixin private TrainingOptions training;
  }

  @Test
  void withoutOptionsTheSettingsAreThePapersButForTheHeadsRate() {
    assertThat(settings("--head-learning-rate=same")).isEqualTo(TrainingSettings.defaults());
    assertThat(settings().optimisation().rates().heads()).isEqualTo(HeadLearningRate.DEFAULT);
    assertThat(settings("--head-learning-rate=3e-4").optimisation().rates().heads())
        .isEqualTo(HeadLearningRate.of(3e-4));
  }

  @Test
  void aHeadLearningRateThatIsNoneIsRefused() {
    for (String rate : List.of("0", "-1e-3", "NaN", "Infinity", "backbone")) {
      assertThatThrownBy(() -> settings("--head-learning-rate=" + rate))
          .isInstanceOf(CommandLine.ParameterException.class)
          .hasMessageContaining(
              "--head-learning-rate': '" + rate + "' is neither same nor a number above 0");
    }
  }

  @Test
  void aGateBiasIsASettingOfTheRun() {
    TrainingSettings settings = settings("--gate-bias=-2");
    assertThat(settings.gateBias()).isEqualTo(-2);
    // The text is what a run's digest and its row in the table of runs hold.
    assertThat(settings.toString()).contains("gateBias=-2.0");
  }

  @Test
  void aGateBiasOutOfRangeOrWithoutGatesIsRefused() {
    assertRefused("--gate-bias is -11.0 and must be between -10 and 10", "--gate-bias=-11");
    assertRefused("--gate-bias is NaN and must be between", "--gate-bias=NaN");
    assertRefused(
        "--gate-bias is -2.0 and the network has no gates", "--gate-bias=-2", "--gates=off");
    assertRefused(
        "--gate-bias is -2.0 and the network has no gates", "--gate-bias=-2", "--method=deebert");
  }

  @Test
  void aSkipBudgetTakesThePenaltysPlace() {
    assertThat(settings("--skip-budget=0.3").losses().skips())
        .isEqualTo(new SkipPenalty.Budget(0.3));
    assertThat(settings("--skip-lambda=0.2").losses().skips())
        .isEqualTo(new SkipPenalty.Reciprocal(0.2));
    assertThat(settings("--skip-budget=0.3").toString()).contains("Budget[share=0.3]");
  }

  @Test
  void aSkipBudgetThatDoesNotFitIsRefused() {
    assertRefused(
        "--skip-budget takes the place of the penalty of --skip-lambda; give one of them",
        "--skip-budget=0.3",
        "--skip-lambda=0.05");
    assertRefused("--skip-budget is 1.5 and must be above 0 and at most 1", "--skip-budget=1.5");
    assertRefused("--skip-budget is 0.0 and must be above 0", "--skip-budget=0");
    assertRefused(
        "--skip-budget is 0.3 and the network has no gates", "--skip-budget=0.3", "--gates=off");
    assertRefused("--skip-lambda is -1.0 and must not be negative", "--skip-lambda=-1");
  }

  @Test
  void exitsMayLearnFromTheLastClassifier() {
    assertThat(settings().losses().exits()).isEqualTo(ExitTargets.LABELS);
    assertThat(settings("--exit-targets=last").losses().exits()).isEqualTo(ExitTargets.LAST);
    assertRefused(
        "--exit-targets applies to classifiers below the last, and the network has none",
        "--exit-targets=last",
        "--method=bert");
    assertRefused(
        "--exit-targets labels does not apply to fastbert",
        "--exit-targets=labels",
        "--method=fastbert");
  }

  private static void assertRefused(String message, String... arguments) {
    assertThatThrownBy(() -> settings(arguments))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  private static TrainingSettings settings(String... arguments) {
    Holder holder = new Holder();
    CommandLine line = new CommandLine(holder);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.parseArgs(arguments);
    holder.method.validate();
    holder.training.validate(holder.method, 0.1);
    return holder.training.settings(holder.method);
  }
}
