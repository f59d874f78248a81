package org.smartbert.jobs.actions.evaluation;

import java.util.List;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.inference.Gates;

/**
 * Evaluates models on labelled rows at several thresholds.
 *
 * @param thresholds of each model's own exit rule; 0 disables early exit
 * @param timingRows rows that the realised speed-up is timed on; 0 for none
 */
public record EvaluateRequest(
    TextInput input,
    String labelColumn,
    List<ModelSelection> models,
    List<Float> thresholds,
    Gates gates,
    int timingRows) {
  public static final List<Float> DEFAULT_THRESHOLDS = List.of(0f, 0.05f, 0.1f, 0.2f, 0.3f, 0.5f);
  public static final int DEFAULT_TIMING_ROWS = 512;

  /**
   * @throws InvalidInputException for a negative number
   */
  public EvaluateRequest {
    models = List.copyOf(models);
    thresholds = List.copyOf(thresholds);
    requireTimingRows(timingRows);
    requireThresholds(thresholds);
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
        input, labelColumn, models, DEFAULT_THRESHOLDS, Gates.ON, DEFAULT_TIMING_ROWS);
  }
}
