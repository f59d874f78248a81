package org.smartbert.model.training;

import org.smartbert.model.text.EncodedText;

/**
 * A row and the index of its class.
 *
 * @param teacher the logits of a teacher; empty where there is none
 */
public record LabelledText(EncodedText text, int label, float[] teacher) {
  /** The label of a row before a teacher has answered it. */
  public static final int NO_LABEL = -1;

  private static final float[] NO_TEACHER = {};

  public LabelledText(EncodedText text, int label) {
    this(text, label, NO_TEACHER);
  }

  /** The row with a teacher's logits. */
  LabelledText taught(float[] logits) {
    return new LabelledText(text, label, logits);
  }
}
