package org.smartbert.jobs.cli.options;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.smartbert.jobs.actions.training.ClassWeighting;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.Method;
import org.smartbert.model.training.ExitTargets;
import org.smartbert.model.training.SkipPenalty;
import org.smartbert.model.training.TrainingSettings;
import picocli.CommandLine.Option;

/** What training minimises. */
final class LossOptions {
  @Option(
      names = "--label-smoothing",
      defaultValue = "0",
      paramLabel = "SHARE",
      description =
          "Label smoothing: probability mass of each label that is spread over all classes"
              + " (default: ${DEFAULT-VALUE}).")
  private double labelSmoothing;

  @Option(
      names = "--class-weights",
      split = ",",
      paramLabel = "LABEL=WEIGHT",
      description =
          "Class weights in the loss, as LABEL=WEIGHT separated by commas, or balanced; labels"
              + " that are not listed have the weight 1 (default: 1 for all).")
  private List<String> classWeights = List.of();

  @Option(
      names = "--skip-lambda",
      paramLabel = "WEIGHT",
      description = "Weight of the paper's skip penalty (default: 0.05).")
  private Double skipLambda;

  @Option(
      names = "--skip-budget",
      paramLabel = "SHARE",
      description =
          "Beyond the paper, in place of its skip penalty: share of the layers that stage 1 is"
              + " pulled to execute on average; not with --skip-lambda (default: none).")
  private Double skipBudget;

  @Option(
      names = "--stage-one-eta",
      defaultValue = "0.01",
      paramLabel = "WEIGHT",
      description = "Weight of stage 1's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageOneEta;

  @Option(
      names = "--stage-one-tau",
      defaultValue = "0.5",
      paramLabel = "TEMPERATURE",
      description = "Temperature of stage 1's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageOneTau;

  @Option(
      names = "--stage-two-eta",
      defaultValue = "0.05",
      paramLabel = "WEIGHT",
      description = "Weight of stage 2's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageTwoEta;

  @Option(
      names = "--stage-two-tau",
      defaultValue = "0.55",
      paramLabel = "TEMPERATURE",
      description = "Temperature of stage 2's contrastive loss (default: ${DEFAULT-VALUE}).")
  private double stageTwoTau;

  @Option(
      names = "--exit-targets",
      paramLabel = "labels|last",
      description =
          "Beyond the paper: what the classifiers below the last learn in stage 2, the labels or,"
              + " by KL divergence, the last classifier's distribution (default: labels; last for"
              + " fastbert).")
  private ExitTargets exitTargets;

  void validate(MethodOptions method, OptionErrors errors) {
    errors.positive("--stage-one-tau", stageOneTau);
    errors.positive("--stage-two-tau", stageTwoTau);
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      errors.add("--label-smoothing is " + labelSmoothing + " and must be at least 0 and below 1");
    }
    if (skipLambda != null) {
      errors.atLeastZero("--skip-lambda", skipLambda);
    }
    if (skipBudget != null) {
      validateBudget(method, errors);
    }
    if (exitTargets != null) {
      validateExitTargets(method.mechanism(), errors);
    }
    errors.atLeastZero("--stage-one-eta", stageOneEta);
    errors.atLeastZero("--stage-two-eta", stageTwoEta);
  }

  private void validateBudget(MethodOptions method, OptionErrors errors) {
    if (!(skipBudget > 0 && skipBudget <= 1)) {
      errors.add("--skip-budget is " + skipBudget + " and must be above 0 and at most 1");
    }
    if (skipLambda != null) {
      errors.add("--skip-budget takes the place of the penalty of --skip-lambda; give one of them");
    }
    if (!method.mechanism().skips()) {
      errors.add("--skip-budget is " + skipBudget + " and the network has no gates; leave it out");
    }
  }

  private void validateExitTargets(Method.Mechanism mechanism, OptionErrors errors) {
    if (!mechanism.exits()) {
      errors.add("--exit-targets applies to classifiers below the last, and the network has none");
    }
    if (exitTargets == ExitTargets.LABELS && mechanism.method() == Method.FASTBERT) {
      errors.add(
          "--exit-targets labels does not apply to fastbert, whose classifiers learn from the"
              + " last; use --method deebert");
    }
  }

  private SkipPenalty skipPenalty() {
    if (skipBudget != null) {
      return new SkipPenalty.Budget(skipBudget);
    }
    return new SkipPenalty.Reciprocal(
        skipLambda == null ? TrainingSettings.SKIP_LAMBDA : skipLambda);
  }

  /** What each class weighs, as --class-weights says it. */
  ClassWeighting classWeighting() {
    if (classWeights.equals(List.of("balanced"))) {
      return new ClassWeighting.Balanced();
    }
    Map<String, Double> weights = new LinkedHashMap<>();
    for (String text : classWeights) {
      int equals = text.lastIndexOf('=');
      try {
        weights.put(text.substring(0, equals), Double.valueOf(text.substring(equals + 1)));
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        throw new InvalidInputException(
            e,
            "--class-weights holds %s; it takes LABEL=WEIGHT with a number above 0, or the word"
                + " balanced.",
            text);
      }
    }
    return weights.isEmpty() ? new ClassWeighting.Equal() : new ClassWeighting.ByLabel(weights);
  }

  /** The losses, without class weights. */
  TrainingSettings.Losses losses(MethodOptions method) {
    return new TrainingSettings.Losses(
        skipPenalty(),
        new TrainingSettings.Contrast(method.eta(stageOneEta), stageOneTau),
        new TrainingSettings.Contrast(method.eta(stageTwoEta), stageTwoTau),
        method.teacher(),
        labelSmoothing,
        List.of(),
        exitTargets == null ? ExitTargets.LABELS : exitTargets);
  }
}
