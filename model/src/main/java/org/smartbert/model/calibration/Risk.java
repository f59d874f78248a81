package org.smartbert.model.calibration;

import java.util.Locale;

/** What a promise bounds the mean of, row by row. */
public enum Risk {
  /** 1 where a row's label differs from the reference's, else 0; needs no true labels. */
  AGREEMENT,
  /** 1 where the row's label is wrong minus 1 where the reference's is wrong: -1, 0 or 1. */
  ACCURACY;

  /** As users and config.json write it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The loss of a row.
   *
   * @param label that the policy gives
   * @param reference that the reference gives
   * @param truth the true label; of no account for agreement
   */
  public int loss(int label, int reference, int truth) {
    if (label == reference) {
      return 0;
    }
    return this == AGREEMENT ? 1 : (label == truth ? 0 : 1) - (reference == truth ? 0 : 1);
  }
}
