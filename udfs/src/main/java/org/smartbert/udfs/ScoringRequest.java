package org.smartbert.udfs;

import java.io.Serializable;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;

/**
 * A request to score the texts of a table.
 *
 * @param columns the columns of the texts
 * @param model the model
 * @param entropyThreshold the threshold of the model's exit rule ({@link ExitPolicy#of})
 * @param gates whether layers may be skipped
 * @param schema the names of the prediction columns
 * @param runId the id of the run, written with every row
 */
public record ScoringRequest(
    Columns columns,
    ModelReference model,
    float entropyThreshold,
    Gates gates,
    PredictionSchema schema,
    String runId)
    implements Serializable {

  /**
   * The columns of the texts.
   *
   * @param text the first text
   * @param pair the second text, or null for none; a row whose second text is null is a single text
   */
  public record Columns(String text, String pair) implements Serializable {}

  /** The same request for other columns. */
  ScoringRequest with(Columns changed) {
    return new ScoringRequest(changed, model, entropyThreshold, gates, schema, runId);
  }

  InferenceSettings inference(Method method) {
    return InferenceSettings.of(ExitPolicy.of(method, entropyThreshold), gates);
  }
}
