package org.smartbert.jobs.io.text;

/**
 * A record of a text file, or what is found in place of one.
 *
 * @param line the line it begins on, from 1; counted from the part's beginning
 * @param fields in the file's order; null where the record is malformed
 * @param flaw why it is malformed, or null
 * @param raw the lines as they are in the file; null where it is not malformed
 */
record TextRecord(long line, String[] fields, Flaw flaw, String raw) {
  static TextRecord of(long line, String[] fields) {
    return new TextRecord(line, fields, null, null);
  }

  static TextRecord malformed(long line, Flaw flaw, String raw) {
    return new TextRecord(line, null, flaw, raw);
  }
}
