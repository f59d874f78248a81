package org.smartbert.jobs.io;

/** Names as SQL takes them, whatever characters they have. */
public final class Identifiers {
  private Identifiers() {}

  /** A name of one part in backticks. */
  public static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
