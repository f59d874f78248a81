package org.smartbert.model.calibration;

/** What a policy's labels are compared with. */
public enum Reference {
  /** The gates decide, and no row exits early. */
  GATES_ON("gates-on"),
  /** Every layer is executed. */
  FULL_DEPTH("full-depth");

  private final String id;

  Reference(String id) {
    this.id = id;
  }

  /** As users and config.json write it. */
  public String id() {
    return id;
  }

  @Override
  public String toString() {
    return id;
  }
}
