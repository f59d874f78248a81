package org.smartbert.model.inference;

import java.util.Arrays;
import org.smartbert.model.cost.Flops;
import org.smartbert.model.text.EncodedText;

/** A row in the engine: its layer, its history, and in the end its decision. */
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
   * Takes a classifier's answer.
   *
   * @param result C logits, C probabilities and the entropy, from {@code at} on
   */
  Answer answered(float[] result, int at, int classes, Flops cost) {
    return trace.answered(
        Arrays.copyOfRange(result, at, at + classes),
        Arrays.copyOfRange(result, at + classes, at + 2 * classes),
        result[at + 2 * classes],
        cost);
  }

  /** Ends the row's way with the last answer. */
  void leave(Flops cost) {
    decision = trace.decided(cost);
  }
}
