package org.smartbert.jobs.io.text;

import java.io.Serializable;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Arrays;
import java.util.Optional;
import org.smartbert.model.InvalidInputException;

/**
 * How a delimited text file is written.
 *
 * @param delimiter between fields
 * @param encoding name of the character set
 * @param nullValue an unquoted field of this text is null
 * @param header whether the first record of each file names the columns
 */
public record Dialect(
    char delimiter,
    Quoting quoting,
    LineEnd lineEnd,
    String encoding,
    String nullValue,
    boolean header)
    implements Serializable {
  /** No character. */
  public static final char NONE = '\0';

  /**
   * How a field holds what would end it.
   *
   * @param quote around fields, or {@link #NONE}
   * @param escape before a quote inside a quoted field; the quote itself for doubled quotes
   * @param multiLine whether a quoted field may hold line ends; such files are not split
   */
  public record Quoting(char quote, char escape, boolean multiLine) implements Serializable {
    private String describe() {
      if (quote == NONE) {
        return "no quotes";
      }
      String quotes = escape == quote ? "doubled" : "escaped by " + shown(escape);
      String lines = multiLine ? "line ends in quotes allowed" : "no line ends in quotes";
      return String.format("quote %s, quotes inside %s, %s", shown(quote), quotes, lines);
    }
  }

  /** What a reader of lines relies on: these stand for themselves in an encoding. */
  private static final String PLAIN = "\n\r\t\"'\\,;|0aZ{}[]:";

  /** RFC 4180, with LF or CRLF. */
  public static final Dialect CSV =
      new Dialect(',', new Quoting('"', '"', true), LineEnd.AUTO, "UTF-8", "", true);

  /** Tabs between fields and no quotes. */
  public static final Dialect TSV =
      new Dialect('\t', new Quoting(NONE, NONE, false), LineEnd.AUTO, "UTF-8", "", true);

  public Dialect withEscape(char other) {
    return new Dialect(
        delimiter, new Quoting(quote(), other, multiLine()), lineEnd, encoding, nullValue, header);
  }

  public Dialect withLineEnd(LineEnd other) {
    return new Dialect(delimiter, quoting, other, encoding, nullValue, header);
  }

  /** One field a line that holds a JSON object, or with {@code multiLine} whole files of JSON. */
  static Dialect json(String encoding, boolean multiLine) {
    return new Dialect(NONE, new Quoting(NONE, NONE, multiLine), LineEnd.AUTO, encoding, "", false);
  }

  public char quote() {
    return quoting.quote();
  }

  public char escape() {
    return quoting.escape();
  }

  public boolean multiLine() {
    return quoting.multiLine();
  }

  boolean isJson() {
    return delimiter == NONE;
  }

  boolean wholeJson() {
    return isJson() && multiLine();
  }

  public Charset charset() {
    return charset(encoding);
  }

  /**
   * A character set that files can be read in.
   *
   * @throws InvalidInputException for a name that this Java does not know, and for an encoding in
   *     which line ends cannot be found by their bytes
   */
  public static Charset charset(String name) {
    Charset charset;
    try {
      charset = Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new InvalidInputException(
          e,
          "The encoding %s is unknown; give a name such as UTF-8, ISO-8859-1 or windows-1252.",
          name);
    }
    byte[] plain = PLAIN.getBytes(StandardCharsets.US_ASCII);
    if (!charset.canEncode() || !Arrays.equals(PLAIN.getBytes(charset), plain)) {
      throw new InvalidInputException(
          "Files in the encoding %s cannot be read by lines; convert them first, for example with"
              + " iconv -f %s -t UTF-8.",
          name, name);
    }
    return charset;
  }

  /** One line for people. */
  public String describe() {
    return String.format(
        "delimiter %s, %s, line end %s, encoding %s",
        shown(delimiter),
        quoting.describe(),
        lineEnd == LineEnd.AUTO ? "LF or CRLF" : lineEnd,
        encoding);
  }

  private static String shown(char character) {
    return switch (character) {
      case '\t' -> "tab";
      case ' ' -> "blank";
      case NONE -> "none";
      default -> String.valueOf(character);
    };
  }

  /** A character by the text that a user gave: itself, \t, tab, or none. */
  public static char character(String option, String text) {
    Optional<Character> named =
        switch (text) {
          case "\\t", "tab" -> Optional.of('\t');
          case "", "none" -> Optional.of(NONE);
          default -> text.length() == 1 ? Optional.of(text.charAt(0)) : Optional.empty();
        };
    return named.orElseThrow(
        () ->
            new InvalidInputException(
                "%s is \"%s\"; it must be one character, tab or none.", option, text));
  }
}
