package org.smartbert.model.training;

/** What the gates do to the hidden states in stage 1 (sections 3.5 and 3.6). */
public enum GateMode {
  /** Equation 1 with the gate's probability. */
  SOFT,
  /** Equations 11 and 12: 0 or 1 forward, the soft gradient backward. */
  HARD,
  /** There are no gates. */
  OFF
}
