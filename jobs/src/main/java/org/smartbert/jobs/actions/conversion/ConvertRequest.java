package org.smartbert.jobs.actions.conversion;

import java.util.List;
import java.util.Optional;
import org.smartbert.jobs.actions.evaluation.EvaluateRequest;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.training.TrainingSettings;

/**
 * Adds exits, and gates where they are wanted, to a classifier. They learn from the classifier's
 * own answers to rows without labels; its weights stay as they are.
 *
 * @param runId name of the run; empty for one made from the input's version and all that the model
 *     depends on
 */
public record ConvertRequest(
    Rows rows,
    Model model,
    Comparison comparison,
    Learning learning,
    TrainingPlan.Workers workers,
    Optional<String> runId) {

  /**
   * What is converted.
   *
   * @param classifier directory of Hugging Face's BertForSequenceClassification, or of a model
   *     without gates and exits; or {@code hf:ORG/NAME[@REVISION]} for a model of the hub
   * @param output directory of the converted model; must not exist or be empty
   * @param maxTokens longest row; empty for the smaller of 128 and the model's limit
   * @param gates whether the model gains gates
   */
  public record Model(String classifier, String output, Optional<Integer> maxTokens, Gates gates) {
    /** Exits alone. */
    public static Model of(String classifier, String output) {
      return new Model(classifier, output, Optional.empty(), Gates.OFF);
    }

    Model from(String directory) {
      return new Model(directory, output, maxTokens, gates);
    }
  }

  /**
   * The rows; they need no labels.
   *
   * @param most how many are used, those that are kept aside included; chosen by a hash of the text
   *     where there are more. 0: all
   * @param heldOut share of them that is kept aside, chosen by a hash of the text, so that no text
   *     is in both parts
   */
  public record Rows(TextInput input, int most, double heldOut) {
    private static final int DEFAULT_MOST = 20_000;
    private static final double DEFAULT_HELD_OUT = 0.1;

    /**
     * @throws InvalidInputException for values out of range
     */
    public Rows {
      if (most < 0) {
        throw new InvalidInputException("--max-rows is %d; it must be 0 or more.", most);
      }
      if (!(heldOut > 0 && heldOut < 1)) {
        throw new InvalidInputException("--held-out is %s; it must be between 0 and 1.", heldOut);
      }
    }

    /** At most 20,000 rows, of which a tenth is kept aside. */
    public static Rows of(TextInput input) {
      return new Rows(input, DEFAULT_MOST, DEFAULT_HELD_OUT);
    }
  }

  /**
   * How the converted model is compared with the classifier, on the rows that are kept aside.
   *
   * @param thresholds in nats; 0 disables early exit
   * @param timingRows rows that the realised speed-up is timed on; 0 for none
   */
  public record Comparison(List<Float> thresholds, int timingRows) {
    /** As evaluate does. */
    public static final Comparison DEFAULT =
        new Comparison(EvaluateRequest.DEFAULT_THRESHOLDS, EvaluateRequest.DEFAULT_TIMING_ROWS);

    /**
     * @throws InvalidInputException for negative numbers
     */
    public Comparison {
      thresholds = List.copyOf(thresholds);
      EvaluateRequest.requireThresholds(thresholds);
      EvaluateRequest.requireTimingRows(timingRows);
    }
  }

  /**
   * How exits and gates learn.
   *
   * @param epochs stage 1 trains the gates, stage 2 the exits; without gates there is no stage 1
   * @param skipLambda weight of the skip penalty in the gates' loss
   */
  public record Learning(
      TrainingSettings.Rates rates,
      TrainingSettings.Epochs epochs,
      int batchSize,
      double skipLambda,
      Precision precision,
      long seed) {
    /** A rate for heads alone, on a network that does not move. */
    public static final Learning DEFAULT =
        new Learning(
            TrainingSettings.Rates.of(2e-3),
            new TrainingSettings.Epochs(2, 1, 3, 0, 0),
            32,
            TrainingSettings.SKIP_LAMBDA,
            Precision.FP32,
            TrainingSettings.defaults().seed());

    TrainingSettings settings(Gates gates) {
      TrainingSettings defaults = TrainingSettings.defaults();
      TrainingSettings.Optimisation how = defaults.optimisation();
      return new TrainingSettings(
          new TrainingSettings.Optimisation(
              rates,
              how.weightDecay(),
              how.clipNorm(),
              batchSize,
              how.accumulation(),
              how.frozen()),
          gates == Gates.ON ? epochs : withoutStageOne(epochs),
          new TrainingSettings.Losses(
              skipLambda,
              defaults.losses().stageOne(),
              defaults.losses().stageTwo(),
              defaults.losses().teacher(),
              0,
              List.of()),
          defaults.selection(),
          precision,
          defaults.gateBias(),
          seed);
    }

    private static TrainingSettings.Epochs withoutStageOne(TrainingSettings.Epochs epochs) {
      return new TrainingSettings.Epochs(
          0, 0, epochs.stageTwo(), epochs.maxSteps(), epochs.maxMinutes());
    }
  }

  /** A request with the defaults of the command {@code convert}. */
  public static ConvertRequest of(Rows rows, Model model) {
    return new ConvertRequest(
        rows,
        model,
        Comparison.DEFAULT,
        Learning.DEFAULT,
        TrainingPlan.Workers.ONE,
        Optional.empty());
  }

  ConvertRequest with(Model changed) {
    return new ConvertRequest(rows, changed, comparison, learning, workers, runId);
  }

  public ConvertRequest with(TrainingPlan.Workers changed) {
    return new ConvertRequest(rows, model, comparison, learning, changed, runId);
  }

  public ConvertRequest with(Learning changed) {
    return new ConvertRequest(rows, model, comparison, changed, workers, runId);
  }
}
