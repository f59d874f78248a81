package org.smartbert.jobs.actions.training;

import java.util.Optional;
import org.smartbert.jobs.actions.evaluation.Floor;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.bert.Method;
import org.smartbert.model.training.TrainingSettings;

/**
 * Fine-tunes a model.
 *
 * @param settings the class weights in it are ignored: {@code classWeights} has them by label
 * @param runId name of the run; empty for one made from the input's version and all that the model
 *     depends on
 */
public record TrainRequest(
    Rows rows,
    Model model,
    TrainingSettings settings,
    ClassWeighting classWeights,
    TrainingPlan.Workers workers,
    Optional<String> runId) {

  /**
   * The labelled rows.
   *
   * @param floor whether a word count is fitted on the training rows too, after training, and
   *     answers the validation rows. It is no part of a run's identity
   */
  public record Rows(TextInput input, String labelColumn, Validation validation, Floor floor) {
    /** Rows that a word count is fitted on too. */
    public Rows(TextInput input, String labelColumn, Validation validation) {
      this(input, labelColumn, validation, Floor.ON);
    }

    public Rows with(Floor changed) {
      return new Rows(input, labelColumn, validation, changed);
    }

    /** A tenth of the input validates. */
    public static Rows of(TextInput input, String labelColumn) {
      return new Rows(input, labelColumn, new Validation.Share(0.1));
    }
  }

  /** Where the validation rows come from. */
  public sealed interface Validation {
    /** A share of the input, chosen by a hash of the text. */
    record Share(double share) implements Validation {}

    /**
     * A share of the input's groups, chosen by a hash of the column that names a row's group: rows
     * of one group, for instance sentences and phrases of them, are all trained on or all held out.
     */
    record Groups(double share, String column) implements Validation {}

    /** A table of its own, with the same columns and format. */
    record Table(String location) implements Validation {}
  }

  /**
   * What is trained.
   *
   * @param backbone BERT directory to start from, or a name of the catalogue; DistilBERT's teacher
   * @param output directory of the trained model; must not exist or be empty
   * @param maxTokens longest row; empty for the smaller of 128 and the model's limit
   */
  public record Model(
      String backbone, String output, Optional<Integer> maxTokens, Method.Mechanism mechanism) {
    /** SmartBERT with all its parts. */
    public static Model of(String backbone, String output) {
      return new Model(backbone, output, Optional.empty(), Method.SMARTBERT.mechanism());
    }

    Model from(String directory) {
      return new Model(directory, output, maxTokens, mechanism);
    }
  }

  /** A request with the paper's settings, one worker on a processor. */
  public static TrainRequest of(Rows rows, Model model) {
    return new TrainRequest(
        rows,
        model,
        TrainingSettings.defaults(),
        new ClassWeighting.Equal(),
        TrainingPlan.Workers.ONE,
        Optional.empty());
  }

  TrainRequest with(Model changed) {
    return new TrainRequest(rows, changed, settings, classWeights, workers, runId);
  }

  public TrainRequest with(TrainingSettings changed) {
    return new TrainRequest(rows, model, changed, classWeights, workers, runId);
  }

  public TrainRequest with(TrainingPlan.Workers changed) {
    return new TrainRequest(rows, model, settings, classWeights, changed, runId);
  }
}
