package org.smartbert.model.training;

/**
 * The loss, its gradient or the weights became infinite or NaN. The same settings would do it
 * again; the message says which would not.
 */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(String message) {
    super(message);
  }
}
