package org.smartbert.jobs.cli.options;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.jobs.io.text.Malformed;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine.Option;

/** The options that say which rows a command reads. */
public final class InputOptions {
  private enum Switch {
    ON,
    OFF
  }

  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH|TABLE",
      description =
          "Rows: a file, a folder, a pattern such as folder/*.csv, or a table of the catalog.")
  private String input;

  @Option(
      names = "--format",
      defaultValue = "auto",
      paramLabel = "FORMAT",
      description =
          "parquet, csv, tsv, json, delta, table or auto: by the name's ending (default:"
              + " ${DEFAULT-VALUE}). csv and tsv have a header; tsv has no quotes.")
  private InputTable.Format format;

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
  private Switch multiLine;

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
  private Malformed malformed;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description =
          "Further option of the reader; may be repeated. One that has no effect is refused.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--text-column",
      defaultValue = "text",
      paramLabel = "COLUMN",
      description = "The text: a column, or struct.field (default: ${DEFAULT-VALUE}).")
  private String textColumn;

  @Option(
      names = "--pair-column",
      paramLabel = "COLUMN",
      description = "A second text, for tasks on pairs; where it is null the row is a single text.")
  private String pairColumn;

  public TextInput textInput() {
    return new TextInput(
        new InputTable(input, format, readerOptions(), Optional.ofNullable(malformed)),
        textColumn,
        Optional.ofNullable(pairColumn));
  }

  private Map<String, String> readerOptions() {
    Map<String, String> all = new LinkedHashMap<>(options);
    put(all, "--csv-delimiter", "sep", delimiter);
    put(all, "--csv-quote", "quote", quote);
    put(all, "--csv-escape", "escape", escape);
    put(
        all,
        "--csv-multiline",
        "multiLine",
        multiLine == null ? null : Boolean.toString(multiLine == Switch.ON));
    put(all, "--csv-line-end", "lineSep", lineEnd);
    put(all, "--encoding", "encoding", encoding);
    return all;
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
