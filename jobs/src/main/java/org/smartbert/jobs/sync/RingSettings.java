package org.smartbert.jobs.sync;

import java.io.Serializable;
import java.time.Duration;

/**
 * How the workers talk.
 *
 * @param peerTimeout silence after which a peer counts as lost
 * @param wire type of the values between workers
 * @param encryption of all that is sent
 */
public record RingSettings(Duration peerTimeout, Wire wire, Encryption encryption)
    implements Serializable {
  /** Ten seconds, float32, in clear. */
  public static final RingSettings DEFAULT =
      new RingSettings(Duration.ofSeconds(10), Wire.FLOAT32, Encryption.NONE);

  /** The type that values have on the wire; sums are float32 everywhere. */
  public enum Wire {
    FLOAT32(Float.BYTES),
    BFLOAT16(Short.BYTES);

    private final int bytes;

    Wire(int bytes) {
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }
  }

  /** Whether frames are encrypted. */
  public enum Encryption {
    NONE,
    /** AES-128-GCM with a key of its own for each connection and direction. */
    AES_GCM
  }
}
