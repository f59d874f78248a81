package org.smartbert.jobs.io.text;

/** What becomes of records that cannot be read exactly. */
public enum Malformed {
  /** The input is refused. */
  FAIL,
  /** They are scored as rows without a text, and their error holds them as they are. */
  KEEP,
  /** They are left out. */
  DROP
}
