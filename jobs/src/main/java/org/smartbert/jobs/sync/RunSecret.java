package org.smartbert.jobs.sync;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the workers of one attempt know and nobody else: drawn on the driver, carried to the
 * executors inside the task, forgotten with it. Its text form does not reveal it.
 */
public final class RunSecret implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String HMAC = "HmacSHA256";
  static final int DIGEST_BYTES = 32;

  private final byte[] bytes;

  private RunSecret(byte[] bytes) {
    this.bytes = bytes;
  }

  public static RunSecret draw() {
    byte[] bytes = new byte[DIGEST_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new RunSecret(bytes);
  }

  /** HMAC-SHA256 of the parts under this secret, {@value #DIGEST_BYTES} bytes. */
  byte[] authenticate(String role, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(bytes, HMAC));
      mac.update(role.getBytes(StandardCharsets.US_ASCII));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java lacks " + HMAC, e);
    }
  }

  @Override
  public String toString() {
    return "RunSecret(hidden)";
  }
}
