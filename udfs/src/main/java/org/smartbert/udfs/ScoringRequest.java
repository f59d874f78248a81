package org.smartbert.udfs;

import java.io.Serializable;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;

/**
 * What is asked of the scorer.
 *
 * @param textColumn the text
 * @param pairColumn the second text, or null for none; a row where it is null is a single text
 * @param model which model
 * @param entropyThreshold of the model's own rule ({@link ExitPolicy#of})
 * @param gates whether layers may be skipped
 * @param schema names of the columns that are added
 * @param runId stands in every row
 */
public record ScoringRequest(
    String textColumn,
    String pairColumn,
    ModelReference model,
    float entropyThreshold,
    Gates gates,
    PredictionSchema schema,
    String runId)
    implements Serializable {

  InferenceSettings inference(Method method) {
    return InferenceSettings.of(ExitPolicy.of(method, entropyThreshold), gates);
  }
}
