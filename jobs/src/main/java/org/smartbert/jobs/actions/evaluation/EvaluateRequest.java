package org.smartbert.jobs.actions.evaluation;

import java.util.List;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.inference.Gates;

/**
 * Evaluates models on labelled rows at several thresholds.
 *
 * @param timingRows rows that the realised speed-up is timed on; 0 for none
 * @param floor whether a word count is cross-fitted on the rows too, if there are {@value
 *     WordCountFloor#FEWEST_ROWS} or more
 */
public record EvaluateRequest(
    TextInput input,
    String labelColumn,
    List<ModelSelection> models,
    Policies policies,
    int timingRows,
    Floor floor) {
  public static final List<Float> DEFAULT_THRESHOLDS = List.of(0f, 0.05f, 0.1f, 0.2f, 0.3f, 0.5f);
  public static final int DEFAULT_TIMING_ROWS = 512;

  /**
   * @throws InvalidInputException for a negative number
   */
  public EvaluateRequest {
    models = List.copyOf(models);
    requireTimingRows(timingRows);
  }

  /**
   * What rows exit and skip by.
   *
   * @param thresholds of each model's own exit rule; 0 disables early exit
   */
  public record Policies(List<Float> thresholds, Gates gates) {
    /** The defaults of the command {@code evaluate}. */
    public static final Policies DEFAULT = new Policies(DEFAULT_THRESHOLDS, Gates.ON);

    /**
     * @throws InvalidInputException for a negative threshold
     */
    public Policies {
      thresholds = List.copyOf(thresholds);
      requireThresholds(thresholds);
    }
  }

  /** Refuses a negative number of rows. */
  public static void requireTimingRows(int rows) {
    if (rows < 0) {
      throw new InvalidInputException("--timing-rows is %d; it must be 0 or more.", rows);
    }
  }

  /** Refuses negative thresholds. */
  public static void requireThresholds(List<Float> thresholds) {
    for (Float threshold : thresholds) {
      if (!(threshold >= 0)) {
        throw new InvalidInputException("--thresholds has %s; they must be 0 or more.", threshold);
      }
    }
  }

  /** A request with the defaults of the command {@code evaluate}. */
  public static EvaluateRequest of(
      TextInput input, String labelColumn, List<ModelSelection> models) {
    return new EvaluateRequest(
        input, labelColumn, models, Policies.DEFAULT, DEFAULT_TIMING_ROWS, Floor.ON);
  }
}
