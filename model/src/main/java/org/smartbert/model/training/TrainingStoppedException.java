package org.smartbert.model.training;

/** Training ended between two steps because a worker was requested to stop; it can be resumed. */
public final class TrainingStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrainingStoppedException(String message, Throwable cause) {
    super(message, cause);
  }
}
