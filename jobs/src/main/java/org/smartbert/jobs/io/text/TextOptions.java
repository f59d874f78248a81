package org.smartbert.jobs.io.text;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.execution.datasources.FileIndexOptions;
import org.smartbert.model.InvalidInputException;

/**
 * Options of Spark's CSV reader, as far as they have an effect here.
 *
 * @param dialect the dialect of the files
 * @param escapeGiven whether the escape character is among them
 * @param lineEndGiven whether the line end is among them
 * @param files those that say which files are read
 */
record TextOptions(
    Dialect dialect, boolean escapeGiven, boolean lineEndGiven, Map<String, String> files) {
  private static final String KNOWN =
      "sep, quote, escape, multiLine, lineSep, encoding, nullValue, header, pathGlobFilter,"
          + " recursiveFileLookup, modifiedBefore, modifiedAfter";

  /**
   * Reads options over a dialect.
   *
   * @throws InvalidInputException for one that has no effect, or a value that is wrong
   */
  static TextOptions of(Map<String, String> options, Dialect base) {
    Map<String, String> rest = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    Map<String, String> files = new LinkedHashMap<>();
    options.forEach((key, value) -> (ofFiles(key) ? files : rest).put(key, value));
    char delimiter = character(rest, base.delimiter(), "sep", "delimiter");
    char quote = character(rest, base.quote(), "quote");
    boolean escapeGiven = rest.containsKey("escape") && quote != Dialect.NONE;
    char escape = character(rest, quote, "escape");
    boolean multiLine = quote != Dialect.NONE && bool(rest, base.multiLine(), "multiLine");
    boolean header = bool(rest, base.header(), "header");
    boolean lineEndGiven = rest.containsKey("lineSep");
    LineEnd lineEnd = lineEnd(rest);
    String encoding = text(rest, base.encoding(), "encoding", "charset");
    String nullValue = text(rest, base.nullValue(), "nullValue");
    if (!rest.isEmpty()) {
      throw new InvalidInputException(
          "The option %s has no effect on text files, whose columns are all STRING; known are %s.",
          rest.keySet().iterator().next(), KNOWN);
    }
    Dialect dialect =
        new Dialect(
            delimiter,
            new Dialect.Quoting(quote, escape, multiLine),
            lineEnd,
            encoding,
            nullValue,
            header);
    Dialect.charset(encoding);
    if (delimiter == Dialect.NONE || delimiter == quote) {
      throw new InvalidInputException(
          "The delimiter %s is also the quote %s; give different characters.",
          (int) delimiter, (int) quote);
    }
    return new TextOptions(dialect, escapeGiven, lineEndGiven, files);
  }

  /** Whether an option says which files are read, and not how. */
  static boolean ofFiles(String key) {
    return FileIndexOptions.isValidOption(key);
  }

  private static char character(Map<String, String> options, char otherwise, String... keys) {
    String given = text(options, null, keys);
    return given == null ? otherwise : Dialect.character("The option " + keys[0], given);
  }

  private static boolean bool(Map<String, String> options, boolean otherwise, String key) {
    String given = text(options, Boolean.toString(otherwise), key).toLowerCase(Locale.ROOT);
    if (!given.equals("true") && !given.equals("false")) {
      throw new InvalidInputException("The option %s is %s; it must be true or false.", key, given);
    }
    return given.equals("true");
  }

  private static LineEnd lineEnd(Map<String, String> options) {
    String given = text(options, "auto", "lineSep");
    return switch (given) {
      case "auto", "AUTO" -> LineEnd.AUTO;
      case "\n", "\\n", "lf", "LF" -> LineEnd.LF;
      case "\r\n", "\\r\\n", "crlf", "CRLF" -> LineEnd.CRLF;
      case "\r", "\\r", "cr", "CR" -> LineEnd.CR;
      default ->
          throw new InvalidInputException(
              "The line end is \"%s\"; it must be auto, lf, crlf or cr.", given);
    };
  }

  private static String text(Map<String, String> options, String otherwise, String... keys) {
    String found = otherwise;
    for (String key : keys) {
      String given = options.remove(key);
      found = given == null ? found : given;
    }
    return found;
  }
}
