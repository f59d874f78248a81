package org.smartbert.model;

/** A run that failed though its input was right; the message is one sentence for people. */
public final class FailedRunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FailedRunException(String message) {
    super(message);
  }

  public FailedRunException(String message, Throwable cause) {
    super(message, cause);
  }
}
