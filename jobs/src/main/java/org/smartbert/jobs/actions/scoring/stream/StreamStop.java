package org.smartbert.jobs.actions.scoring.stream;

/** By which another thread ends a stream that has no end of its own. */
public final class StreamStop {
  private volatile boolean requested;

  /** Requests the end, once and for all. */
  public void request() {
    requested = true;
  }

  boolean isRequested() {
    return requested;
  }
}
