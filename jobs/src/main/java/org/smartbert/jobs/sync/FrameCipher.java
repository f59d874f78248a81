package org.smartbert.jobs.sync;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-128-GCM over the frames of one direction of one connection: the frame's number is its IV. */
final class FrameCipher {
  static final int TAG_BYTES = 16;
  private static final int IV_BYTES = 12;

  private final Cipher cipher;
  private final SecretKeySpec key;
  private final int mode;

  private FrameCipher(byte[] key, int mode) {
    this.key = new SecretKeySpec(key, "AES");
    this.mode = mode;
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java lacks AES-GCM", e);
    }
  }

  static FrameCipher encrypting(byte[] key) {
    return new FrameCipher(key, Cipher.ENCRYPT_MODE);
  }

  static FrameCipher decrypting(byte[] key) {
    return new FrameCipher(key, Cipher.DECRYPT_MODE);
  }

  /** Writes frame {@code number} of {@code from} to {@code to}; the header is authenticated too. */
  void apply(long number, ByteBuffer header, ByteBuffer from, ByteBuffer to) throws IOException {
    byte[] iv = new byte[IV_BYTES];
    ByteBuffer.wrap(iv).putLong(IV_BYTES - Long.BYTES, number);
    try {
      cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, iv));
      cipher.updateAAD(header.duplicate());
      cipher.doFinal(from, to);
    } catch (GeneralSecurityException e) {
      throw new IOException("a frame is not what was sent (" + e.getMessage() + ")", e);
    }
  }
}
