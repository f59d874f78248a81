package org.smartbert.jobs.cli.options;

import org.smartbert.model.training.Metric;
import org.smartbert.model.training.TrainingSettings;
import picocli.CommandLine.Option;

/** How long the stages train, and which state of stage 1 is kept. */
final class EpochOptions {
  @Option(
      names = "--stage-one-epochs",
      defaultValue = "5",
      paramLabel = "EPOCHS",
      description = "Epochs of stage 1: backbone and gates (default: ${DEFAULT-VALUE}).")
  private int stageOneEpochs;

  @Option(
      names = "--soft-epochs",
      defaultValue = "3",
      paramLabel = "EPOCHS",
      description = "First epochs of stage 1, trained with soft gates (default: ${DEFAULT-VALUE}).")
  private int softEpochs;

  @Option(
      names = "--stage-two-epochs",
      defaultValue = "4",
      paramLabel = "EPOCHS",
      description = "Epochs of stage 2: the classifiers (default: ${DEFAULT-VALUE}).")
  private int stageTwoEpochs;

  @Option(
      names = "--max-steps",
      defaultValue = "0",
      paramLabel = "STEPS",
      description = "Maximum steps per stage; 0 disables the limit (default: ${DEFAULT-VALUE}).")
  private int maxSteps;

  @Option(
      names = "--max-minutes",
      defaultValue = "0",
      paramLabel = "MINUTES",
      description =
          "Maximum duration of the run, divided between the stages in proportion to their epochs;"
              + " 0 disables the limit (default:"
              + " ${DEFAULT-VALUE}).")
  private double maxMinutes;

  @Option(
      names = "--evaluate-every",
      defaultValue = "0",
      paramLabel = "STEPS",
      description =
          "Steps between evaluations on the validation rows; 0 evaluates after each epoch (default:"
              + " ${DEFAULT-VALUE}).")
  private int evaluateEvery;

  @Option(
      names = "--metric",
      defaultValue = "accuracy",
      paramLabel = "accuracy|f1|mcc",
      description = "Metric that selects the best state of stage 1 (default: ${DEFAULT-VALUE}).")
  private Metric metric;

  @Option(
      names = "--early-stopping",
      defaultValue = "0",
      paramLabel = "EVALUATIONS",
      description =
          "Stop stage 1 after this many evaluations without improvement; 0 disables early"
              + " stopping (default:"
              + " ${DEFAULT-VALUE}).")
  private int patience;

  void validate(OptionErrors errors) {
    errors.positive("--stage-one-epochs", stageOneEpochs);
    errors.positive("--stage-two-epochs", stageTwoEpochs);
    errors.atLeastZero("--soft-epochs", softEpochs);
    errors.atLeastZero("--max-steps", maxSteps);
    errors.atLeastZero("--max-minutes", maxMinutes);
    errors.atLeastZero("--evaluate-every", evaluateEvery);
    errors.atLeastZero("--early-stopping", patience);
  }

  TrainingSettings.Epochs epochs(MethodOptions method) {
    return new TrainingSettings.Epochs(
        stageOneEpochs,
        method.softEpochs(stageOneEpochs, softEpochs),
        stageTwoEpochs,
        maxSteps,
        maxMinutes);
  }

  TrainingSettings.Selection selection() {
    return new TrainingSettings.Selection(metric, evaluateEvery, patience);
  }
}
