package org.smartbert.jobs.sync;

/** A peer has gone, or talks what it should not: this attempt is over for everybody. */
public final class PeerLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PeerLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
