package org.smartbert.model.text;

/** Names and values that come from files, as error messages show them. */
final class Quoted {
  private static final int LONGEST = 200;

  private Quoted() {}

  /** On one line, and at most 200 characters of it. */
  static String of(String fromFile) {
    StringBuilder shown = new StringBuilder();
    fromFile
        .codePoints()
        .limit(LONGEST)
        .forEach(c -> shown.appendCodePoint(isShown(c) ? c : '\uFFFD'));
    return fromFile.codePointCount(0, fromFile.length()) > LONGEST
        ? shown.append("...").toString()
        : shown.toString();
  }

  private static boolean isShown(int c) {
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }
}
