package org.smartbert.model.training;

/** What a training run is for. */
public enum Purpose {
  /** A network learns a task from labelled rows. */
  FINE_TUNING,
  /**
   * A classifier gains exits, and gates where they are wanted. Those learn from its own answers to
   * the rows; its weights stay as they are.
   */
  CONVERSION
}
