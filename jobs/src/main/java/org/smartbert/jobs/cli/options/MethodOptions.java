package org.smartbert.jobs.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.Method;
import org.smartbert.model.training.TrainingSettings;
import picocli.CommandLine.Option;

/** The options that say which system is trained, and without which of its parts. */
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
          "smartbert, bert, distilbert (--model is a model that --method bert trained), deebert or"
              + " fastbert (default: ${DEFAULT-VALUE}).")
  private Method method;

  @Option(
      names = "--gates",
      defaultValue = "special",
      paramLabel = "special|soft|hard|off",
      description =
          "smartbert's gates in stage 1: soft weights for --soft-epochs and hard ones then, soft or"
              + " hard throughout, or no gates at all (default: ${DEFAULT-VALUE}).")
  private GateTraining gates;

  @Option(
      names = "--exits",
      defaultValue = "on",
      paramLabel = "on|off",
      description =
          "Whether smartbert gets a classifier in each layer, or the last alone (default:"
              + " ${DEFAULT-VALUE}).")
  private Part exits;

  @Option(
      names = "--contrast",
      defaultValue = "on",
      paramLabel = "on|off",
      description = "smartbert's contrastive losses (default: ${DEFAULT-VALUE}).")
  private Part contrast;

  @Option(
      names = "--distil-labels-share",
      defaultValue = "0.5",
      paramLabel = "SHARE",
      description =
          "What the labels weigh in distilbert's loss, beside the teacher's softened answers"
              + " (default: ${DEFAULT-VALUE}).")
  private double labelsShare;

  @Option(
      names = "--distil-temperature",
      defaultValue = "2",
      paramLabel = "T",
      description = "How much both are softened (default: ${DEFAULT-VALUE}).")
  private double temperature;

  /** Refuses parts that the method does not have, and values out of range, all at once. */
  public void validate() {
    List<String> wrong = new ArrayList<>();
    boolean ablates = gates != GateTraining.SPECIAL || exits == Part.OFF || contrast == Part.OFF;
    if (method != Method.SMARTBERT && ablates) {
      wrong.add(
          "--gates, --exits and --contrast are smartbert's, and --method is " + method.word());
    }
    if (gates == GateTraining.OFF && exits == Part.OFF) {
      wrong.add("--gates off and --exits off leave a plain BERT; give --method bert");
    }
    if (!(labelsShare >= 0 && labelsShare <= 1)) {
      wrong.add("--distil-labels-share is " + labelsShare + " and must lie in 0 to 1");
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
  public int softEpochs(int stageOneEpochs, int asked) {
    return switch (gates) {
      case SOFT -> stageOneEpochs;
      case HARD -> 0;
      default -> asked;
    };
  }

  /** The weight of a contrastive loss. */
  public double eta(double asked) {
    return contrast == Part.ON ? asked : 0;
  }
}
