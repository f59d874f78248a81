package org.smartbert.jobs.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.Method;
import org.smartbert.model.training.TrainingSettings;
import picocli.CommandLine.Option;

/** The training method and its ablations. */
public final class MethodOptions {
  private enum GateTraining {
    SPECIAL,
    SOFT,
    HARD,
    OFF
  }

  private enum Part {
    ON,
    OFF
  }

  @Option(
      names = "--method",
      defaultValue = "smartbert",
      paramLabel = "NAME",
      description =
          "Training method: smartbert, bert, distilbert (--model is the teacher, trained with"
              + " --method bert), deebert or fastbert (default: ${DEFAULT-VALUE}).")
  private Method method;

  @Option(
      names = "--gates",
      defaultValue = "special",
      paramLabel = "special|soft|hard|off",
      description =
          "Gates of smartbert in stage 1: special uses soft weights for --soft-epochs and hard"
              + " weights afterwards; soft and hard apply throughout; off trains without gates"
              + " (default: ${DEFAULT-VALUE}).")
  private GateTraining gates;

  @Option(
      names = "--exits",
      defaultValue = "on",
      paramLabel = "on|off",
      description =
          "Whether smartbert has a classifier at every layer; off keeps only the last (default:"
              + " ${DEFAULT-VALUE}).")
  private Part exits;

  @Option(
      names = "--contrast",
      defaultValue = "on",
      paramLabel = "on|off",
      description =
          "Whether smartbert trains with its contrastive losses (default:" + " ${DEFAULT-VALUE}).")
  private Part contrast;

  @Option(
      names = "--distil-labels-share",
      defaultValue = "0.5",
      paramLabel = "SHARE",
      description =
          "Weight of the hard labels in distilbert's loss; the rest is the weight of the"
              + " teacher's softened logits"
              + " (default: ${DEFAULT-VALUE}).")
  private double labelsShare;

  @Option(
      names = "--distil-temperature",
      defaultValue = "2",
      paramLabel = "T",
      description = "Temperature of distilbert's distillation loss (default: ${DEFAULT-VALUE}).")
  private double temperature;

  /** Refuses parts that the method does not have, and values out of range, all at once. */
  public void validate() {
    List<String> wrong = new ArrayList<>();
    boolean ablates = gates != GateTraining.SPECIAL || exits == Part.OFF || contrast == Part.OFF;
    if (method != Method.SMARTBERT && ablates) {
      wrong.add(
          "--gates, --exits and --contrast apply only to smartbert, and --method is "
              + method.id());
    }
    if (gates == GateTraining.OFF && exits == Part.OFF) {
      wrong.add("--gates off and --exits off leave a plain BERT; use --method bert");
    }
    if (!(labelsShare >= 0 && labelsShare <= 1)) {
      wrong.add("--distil-labels-share is " + labelsShare + " and must be between 0 and 1");
    }
    if (!(temperature > 0)) {
      wrong.add("--distil-temperature is " + temperature + " and must be above 0");
    }
    if (!wrong.isEmpty()) {
      throw new InvalidInputException("%s.", String.join("; ", wrong));
    }
  }

  public Method.Mechanism mechanism() {
    Method.Mechanism whole = method.mechanism();
    return new Method.Mechanism(
        method, whole.skips() && gates != GateTraining.OFF, whole.exits() && exits == Part.ON);
  }

  public TrainingSettings.Teacher teacher() {
    return new TrainingSettings.Teacher(labelsShare, temperature);
  }

  /** How many of stage 1's epochs have soft gates. */
  public int softEpochs(int stageOneEpochs, int requested) {
    return switch (gates) {
      case SOFT -> stageOneEpochs;
      case HARD -> 0;
      default -> requested;
    };
  }

  /** The weight of a contrastive loss. */
  public double eta(double requested) {
    return contrast == Part.ON ? requested : 0;
  }
}
