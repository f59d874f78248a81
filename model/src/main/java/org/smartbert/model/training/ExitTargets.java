package org.smartbert.model.training;

/** What the classifiers below the last learn in stage 2. */
public enum ExitTargets {
  /** The rows' labels, by cross-entropy (equation 8). */
  LABELS,
  /** The last classifier's distribution, by KL divergence from it: labels are not looked at. */
  LAST
}
