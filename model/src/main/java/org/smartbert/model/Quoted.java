package org.smartbert.model;

/** Names and values that come from files, as error messages show them. */
public final class Quoted {
  private static final int LONGEST = 200;
  private static final String REPLACEMENT = "\uFFFD";

  private Quoted() {}

  /** On one line, without control characters, and cut after 200 characters. */
  public static String of(Object fromFile) {
    String text = String.valueOf(fromFile);
    int end =
        text.codePointCount(0, text.length()) > LONGEST
            ? text.offsetByCodePoints(0, LONGEST)
            : text.length();
    String shown = text.substring(0, end).replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", REPLACEMENT);
    return end < text.length() ? shown + "..." : shown;
  }
}
