package org.smartbert.jobs.io.text;

import java.nio.charset.StandardCharsets;

/** What ends a line of a text file. */
public enum LineEnd {
  /** LF or CRLF; a carriage return elsewhere outside quotes makes a row malformed. */
  AUTO("\n"),
  /** LF alone; a carriage return is data. */
  LF("\n"),
  CRLF("\r\n"),
  CR("\r");

  private final String text;

  LineEnd(String text) {
    this.text = text;
  }

  /** What lines are cut at. */
  String text() {
    return text;
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
