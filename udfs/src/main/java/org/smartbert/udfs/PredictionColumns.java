package org.smartbert.udfs;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.text.EncodedText;

/**
 * The values of the columns of {@link PredictionSchema}, in their order. Arrays are of primitives:
 * Spark takes those over whole, and boxed ones element by element.
 */
final class PredictionColumns {
  private static final int OF_THE_DECISION = 11;

  private PredictionColumns() {}

  /** The network's answer for a row; all null where it was not evaluated, and the error. */
  static void addAnswer(
      List<Object> values,
      List<String> labels,
      EncodedText encoded,
      Decision decision,
      String error) {
    if (decision == null) {
      values.addAll(Collections.nCopies(OF_THE_DECISION, null));
    } else {
      values.add(labels.get(decision.label()));
      values.add((double) decision.confidence());
      values.add(decision.probabilities());
      values.add(decision.entropy());
      values.add(decision.exitLayer());
      values.add(decision.skipMask());
      values.add(decision.layersExecuted());
      values.add(encoded.tokens());
      values.add(encoded.truncated());
      values.add(decision.flops());
      values.add(decision.flopsFull());
    }
    values.add(error);
  }

  /** Which run it was; the logits where they are kept. */
  static void addRun(List<Object> values, ScoringRequest request, Decision decision, Instant now) {
    values.add(request.model().version());
    values.add(request.entropyThreshold());
    values.add(request.runId());
    values.add(now);
    if (request.schema().logits() == PredictionSchema.Logits.KEEP) {
      values.add(decision == null ? null : decision.logits());
    }
  }
}
