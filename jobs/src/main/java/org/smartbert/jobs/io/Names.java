package org.smartbert.jobs.io;

/** Names from files and users, as messages quote them. */
public final class Names {
  private static final int LONGEST = 200;

  private Names() {}

  /** A name in a message: on one line, 200 characters at most. */
  public static String quoted(String name) {
    String line = name.replaceAll("\\p{Cntrl}", "\uFFFD");
    return '"' + (line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...") + '"';
  }
}
