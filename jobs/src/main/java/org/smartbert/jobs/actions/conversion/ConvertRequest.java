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
    TextInput input,
    Model model,
    HeldOut heldOut,
    Learning learning,
    TrainingPlan.Workers workers,
    Optional<String> runId) {

  /**
   * What is converted.
   *
   * @param classifier directory of Hugging Face's BertForSequenceClassification, or of a model
   *     without gates and exits
   * @param output directory of the converted model; must not exist or be empty
   * @param maxTokens longest row; empty for the smaller of 128 and the model's limit
   * @param gates whether the model gains gates
   */
  public record Model(
      String classifier, String output, Optional<Integer> maxTokens, Gates gates) {
    /** Exits alone. */
    public static Model of(String classifier, String output) {
      return new Model(classifier, output, Optional.empty(), Gates.OFF);
    }
  }

  /**
   * The rows that are kept aside, on which the converted model is compared with the classifier.
   *
   * @param share of the rows, chosen by a hash of the text
   * @param thresholds in nats; 0 disables early exit
   * @param timingRows rows that the realised speed-up is timed on; 0 for none
   */
  public record HeldOut(double share, List<Float> thresholds, int timingRows) {
    /** A tenth of the rows, and evaluate's thresholds. */
    public static final HeldOut DEFAULT =
        new HeldOut(0.1, EvaluateRequest.DEFAULT_THRESHOLDS, 512);

    /**
     * @throws InvalidInputException for values out of range
     */
    public HeldOut {
      thresholds = List.copyOf(thresholds);
      if (!(share > 0 && share < 1)) {
        throw new InvalidInputException("--held-out is %s; it must be between 0 and 1.", share);
      }
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
            TrainingSettings.defaults().losses().skipLambda(),
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
              how.frozenLayers()),
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
          seed);
    }

    private static TrainingSettings.Epochs withoutStageOne(TrainingSettings.Epochs epochs) {
      return new TrainingSettings.Epochs(
          0, 0, epochs.stageTwo(), epochs.maxSteps(), epochs.maxMinutes());
    }
  }

  /** A request with the defaults of the command {@code convert}. */
  public static ConvertRequest of(TextInput input, Model model) {
    return new ConvertRequest(
        input,
        model,
        HeldOut.DEFAULT,
        Learning.DEFAULT,
        TrainingPlan.Workers.ONE,
        Optional.empty());
  }

  public ConvertRequest with(Learning changed) {
    return new ConvertRequest(input, model, heldOut, changed, workers, runId);
  }
}
