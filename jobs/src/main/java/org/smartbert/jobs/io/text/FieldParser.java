package org.smartbert.jobs.io.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a record into fields, strictly. CSV libraries repair what they do not understand, each in
 * its own way, or stop at it; here such a record has to be told, with its line, and the next one
 * read.
 */
final class FieldParser {
  private enum State {
    FIELD_START,
    PLAIN,
    QUOTED,
    /** Behind a character that may escape the next one. */
    ESCAPED,
    QUOTE_CLOSED
  }

  private final Dialect dialect;
  private final boolean doubled;
  private final List<String> fields = new ArrayList<>();
  private final StringBuilder field = new StringBuilder();
  private State state = State.FIELD_START;
  private Flaw flaw;
  private boolean blank;

  FieldParser(Dialect dialect) {
    this.dialect = dialect;
    this.doubled = dialect.escape() == dialect.quote();
  }

  void start() {
    fields.clear();
    field.setLength(0);
    state = State.FIELD_START;
    blank = false;
    flaw = null;
  }

  /** Whether the record continues after the text so far. */
  boolean open() {
    return flaw == null && (state == State.QUOTED || state == State.ESCAPED);
  }

  /** The first thing that is wrong, or null. */
  Flaw flaw() {
    return flaw;
  }

  /** Takes the record's text, or more of it. */
  void take(String text) {
    for (int i = 0; i < text.length() && flaw == null; i++) {
      char c = text.charAt(i);
      if (c == '\0') {
        flaw = Flaw.NUL;
        return;
      }
      take(c);
    }
  }

  private void take(char c) {
    switch (state) {
      case FIELD_START, PLAIN -> plain(c);
      case QUOTED -> quoted(c);
      case ESCAPED -> escaped(c);
      case QUOTE_CLOSED -> closed(c);
    }
  }

  private void plain(char c) {
    if (c == dialect.delimiter()) {
      endPlain();
    } else if (c == dialect.quote() && state == State.FIELD_START) {
      state = State.QUOTED;
    } else if (c == dialect.quote() && blank) {
      flaw = Flaw.BEFORE_QUOTE;
    } else if (c == '\r' && dialect.lineEnd() == LineEnd.AUTO) {
      flaw = Flaw.CARRIAGE_RETURN;
    } else {
      blank = Character.isWhitespace(c) && (blank || state == State.FIELD_START);
      field.append(c);
      state = State.PLAIN;
    }
  }

  private void quoted(char c) {
    if (c == dialect.quote()) {
      state = State.QUOTE_CLOSED;
    } else if (c == dialect.escape() && c != Dialect.NONE) {
      state = State.ESCAPED;
    } else {
      field.append(c);
    }
  }

  /** As Spark and its writer have it, an escape character is literal before all others. */
  private void escaped(char c) {
    state = State.QUOTED;
    if (c != dialect.quote() && c != dialect.escape()) {
      field.append(dialect.escape());
    }
    field.append(c);
  }

  private void closed(char c) {
    if (c == dialect.delimiter()) {
      endQuoted();
    } else if (c == dialect.quote() && doubled) {
      field.append(c);
      state = State.QUOTED;
    } else {
      flaw = Flaw.AFTER_QUOTE;
    }
  }

  /** The record's fields, its text being complete. */
  String[] end() {
    if (state == State.QUOTE_CLOSED) {
      endQuoted();
    } else {
      endPlain();
    }
    return fields.toArray(String[]::new);
  }

  private void endPlain() {
    String text = field.toString();
    boolean isNull = text.isEmpty() || text.equals(dialect.nullValue());
    end(isNull ? null : text);
  }

  private void endQuoted() {
    end(field.toString());
  }

  private void end(String value) {
    fields.add(value);
    field.setLength(0);
    state = State.FIELD_START;
    blank = false;
  }
}
