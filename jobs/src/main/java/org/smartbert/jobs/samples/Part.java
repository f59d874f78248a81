package org.smartbert.jobs.samples;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** The parts of a sample. */
public enum Part {
  TRAIN,
  VALIDATION,
  TEST;

  private static final int TENTHS = 10;

  /** One sentence for people on how {@link #of} divides. */
  public static final String RULE =
      "The first four bytes of its SHA-256 in UTF-8, as an unsigned number modulo 10, decide: 0 is"
          + " test, 1 is validation, 2 to 9 are train.";

  /** The part of a unit, by a hash: it depends on nothing but the unit. */
  public static Part of(String unit) {
    byte[] digest = sha256(unit);
    long number = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      number = number << Byte.SIZE | (digest[i] & 0xff);
    }
    return switch ((int) (number % TENTHS)) {
      case 0 -> TEST;
      case 1 -> VALIDATION;
      default -> TRAIN;
    };
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java lacks SHA-256", e);
    }
  }

  /** Its Parquet folder in the sample's folder. */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT) + ".parquet";
  }
}
