package org.smartbert.model.training;

/** Replicas that must be equal to the bit are not; going on would train two models. */
public final class ReplicaMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReplicaMismatchException(String message) {
    super(message);
  }
}
