package org.smartbert.model.inference;

import org.smartbert.model.cost.Flops;
import org.smartbert.model.text.EncodedText;

/** A row on its way: where it stands, what happened to it, and in the end its decision. */
final class Row {
  private final EncodedText text;
  private final RowTrace trace;
  private Decision decision;

  Row(EncodedText text, int layers) {
    this.text = text;
    this.trace = new RowTrace(text.tokens(), layers);
  }

  EncodedText text() {
    return text;
  }

  int tokens() {
    return text.tokens();
  }

  RowTrace trace() {
    return trace;
  }

  /** The layer, from 0, that the row waits for. */
  int layer() {
    return trace.looked();
  }

  boolean decided() {
    return decision != null;
  }

  Decision decision() {
    return decision;
  }

  /**
   * Ends the row's way.
   *
   * @param result C logits, C probabilities and the entropy, from {@code at} on
   */
  void decide(float[] result, int at, int classes, Flops cost) {
    float[] logits = new float[classes];
    float[] probabilities = new float[classes];
    System.arraycopy(result, at, logits, 0, classes);
    System.arraycopy(result, at + classes, probabilities, 0, classes);
    decision = trace.decided(logits, probabilities, result[at + 2 * classes], cost);
  }
}
