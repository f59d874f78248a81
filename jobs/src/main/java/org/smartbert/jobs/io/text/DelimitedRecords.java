package org.smartbert.jobs.io.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.smartbert.jobs.io.text.Lines.Line;

/**
 * The records of a part of a delimited file. After a fault in quoting the next line begins a new
 * record, so that a quote that is not closed costs one row and not those behind it. Empty lines are
 * no records.
 */
final class DelimitedRecords implements Records {
  /** Letters of a record; a quote that is not closed within is taken for a fault. */
  private static final int MAX_CHARACTERS = 16 << 20;

  private final Dialect dialect;
  private final Lines lines;
  private final FieldParser parser;
  private final Deque<Line> ahead = new ArrayDeque<>();
  private final List<Line> taken = new ArrayList<>();

  DelimitedRecords(FilePart part, Dialect dialect, Configuration hadoop) {
    this.dialect = dialect;
    this.lines = new Lines(part, dialect, hadoop);
    this.parser = new FieldParser(dialect);
  }

  @Override
  public TextRecord next(int columns) {
    Line first = line();
    while (first != null && body(first.text()).isEmpty()) {
      first = line();
    }
    if (first == null) {
      return null;
    }
    taken.clear();
    taken.add(first);
    Flaw flaw = quoting(first);
    if (flaw != null) {
      for (int i = taken.size() - 1; i > 0; i--) {
        ahead.addFirst(taken.get(i));
      }
      taken.subList(1, taken.size()).clear();
      return malformed(taken.get(0).valid() ? flaw : Flaw.ENCODING);
    }
    if (!taken.stream().allMatch(Line::valid)) {
      return malformed(Flaw.ENCODING);
    }
    String[] fields = parser.end();
    if (columns >= 0 && fields.length != columns) {
      return malformed(fields.length < columns ? Flaw.TOO_FEW : Flaw.TOO_MANY);
    }
    return TextRecord.of(first.number(), fields);
  }

  /** Takes lines until no quote is open. */
  private Flaw quoting(Line first) {
    parser.start();
    Line line = first;
    int characters = line.text().length();
    while (true) {
      String body = body(line.text());
      parser.take(body);
      if (!parser.open()) {
        return parser.flaw();
      }
      Line next = dialect.multiLine() && characters < MAX_CHARACTERS ? line() : null;
      if (next == null) {
        return Flaw.OPEN_QUOTE;
      }
      // Inside quotes a line's end belongs to the text as it is.
      parser.take(line.text().substring(body.length()) + dialect.lineEnd().text());
      taken.add(next);
      characters += next.text().length();
      line = next;
    }
  }

  private TextRecord malformed(Flaw flaw) {
    String raw =
        taken.stream().map(Line::text).collect(Collectors.joining(dialect.lineEnd().text()));
    return TextRecord.malformed(taken.get(0).number(), flaw, body(raw));
  }

  private Line line() {
    return ahead.isEmpty() ? lines.next() : ahead.poll();
  }

  /** Without the carriage return of CRLF. */
  private String body(String line) {
    boolean crlf = dialect.lineEnd() == LineEnd.AUTO && line.endsWith("\r");
    return crlf ? line.substring(0, line.length() - 1) : line;
  }

  @Override
  public void close() {
    lines.close();
  }
}
