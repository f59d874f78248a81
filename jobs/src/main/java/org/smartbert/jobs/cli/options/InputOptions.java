package org.smartbert.jobs.cli.options;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.text.Malformed;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine.Option;

/** The options that say which rows a command reads. */
public final class InputOptions {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH|TABLE",
      description =
          "Rows: a file, a folder, a pattern such as folder/*.csv, or a table of the catalog.")
  public String input;

  @Option(
      names = "--format",
      defaultValue = "auto",
      paramLabel = "FORMAT",
      description =
          "parquet, csv, tsv, json, delta, table or auto: by the name's ending (default:"
              + " ${DEFAULT-VALUE}). csv and tsv have a header; tsv has no quotes.")
  public InputTable.Format format;

  @Option(
      names = "--csv-delimiter",
      paramLabel = "CHAR",
      description = "Character between fields, or tab (default: , for csv and tab for tsv).")
  private String delimiter;

  @Option(
      names = "--csv-quote",
      paramLabel = "CHAR",
      description = "Character around fields, or none (default: \" for csv and none for tsv).")
  private String quote;

  @Option(
      names = "--csv-escape",
      paramLabel = "CHAR",
      description =
          "Character before a quote inside a quoted field; the quote itself where quotes are"
              + " doubled (default: \" or \\, by a look at the files).")
  private String escape;

  @Option(
      names = "--csv-multiline",
      paramLabel = "on|off",
      description =
          "Whether quoted fields may hold line ends (default: on for csv). Only files without are"
              + " split among tasks.")
  private String multiLine;

  @Option(
      names = "--csv-line-end",
      paramLabel = "auto|lf|crlf|cr",
      description =
          "What ends a line; auto: LF or CRLF, and CR for files that have no other (default:"
              + " auto).")
  private String lineEnd;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description = "Character set of csv, tsv and json files (default: UTF-8).")
  private String encoding;

  @Option(
      names = "--malformed",
      paramLabel = "fail|keep|drop",
      description =
          "Records of csv, tsv and json files that cannot be read exactly: refuse the input, write"
              + " them with a null prediction and the record in error (score only), or leave them"
              + " out (default: keep for score, fail for others).")
  private String malformed;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description =
          "Further option of the reader; may be repeated. One that has no effect is refused.")
  public Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--text-column",
      defaultValue = "text",
      paramLabel = "COLUMN",
      description = "The text: a column, or struct.field (default: ${DEFAULT-VALUE}).")
  public String textColumn;

  @Option(
      names = "--pair-column",
      paramLabel = "COLUMN",
      description = "A second text, for tasks on pairs; where it is null the row is a single text.")
  public String pairColumn;

  /** The rows of a command that needs all of them. */
  public InputTable table() {
    return table(input);
  }

  /** Other rows, read alike. */
  public InputTable table(String location) {
    Malformed wanted = malformed(Malformed.FAIL);
    if (wanted == Malformed.KEEP) {
      throw new InvalidInputException(
          "--malformed keep is for score; give --malformed drop to leave malformed records out.");
    }
    return new InputTable(location, format, readerOptions(), wanted);
  }

  /** The rows of a command that can write malformed records with their error. */
  public InputTable tableForScoring() {
    return new InputTable(input, format, readerOptions(), malformed(Malformed.KEEP));
  }

  private Malformed malformed(Malformed otherwise) {
    if (malformed == null) {
      return otherwise;
    }
    return switch (malformed.toLowerCase(Locale.ROOT)) {
      case "fail" -> Malformed.FAIL;
      case "keep" -> Malformed.KEEP;
      case "drop" -> Malformed.DROP;
      default ->
          throw new InvalidInputException(
              "--malformed is %s; it must be fail, keep or drop.", malformed);
    };
  }

  private Map<String, String> readerOptions() {
    Map<String, String> all = new LinkedHashMap<>(options);
    put(all, "--csv-delimiter", "sep", delimiter);
    put(all, "--csv-quote", "quote", quote);
    put(all, "--csv-escape", "escape", escape);
    put(all, "--csv-multiline", "multiLine", onOff());
    put(all, "--csv-line-end", "lineSep", lineEnd);
    put(all, "--encoding", "encoding", encoding);
    return all;
  }

  private String onOff() {
    if (multiLine == null) {
      return null;
    }
    return switch (multiLine.toLowerCase(Locale.ROOT)) {
      case "on" -> "true";
      case "off" -> "false";
      default ->
          throw new InvalidInputException(
              "--csv-multiline is %s; it must be on or off.", multiLine);
    };
  }

  private static void put(Map<String, String> options, String ours, String key, String value) {
    if (value == null) {
      return;
    }
    Optional<String> other = options.keySet().stream().filter(key::equalsIgnoreCase).findFirst();
    if (other.isPresent()) {
      throw new InvalidInputException(
          "%s and --option %s are one setting; give one of them.", ours, other.get());
    }
    options.put(key, value);
  }
}
