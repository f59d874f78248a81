package org.smartbert.jobs.cli.options;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.jobs.io.text.Malformed;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine.Option;

/** The input of a command and how it is read. */
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
          "Input rows: a file, a folder, a glob pattern such as folder/*.csv, or a catalog table.")
  private String input;

  @Option(
      names = "--format",
      defaultValue = "auto",
      paramLabel = "FORMAT",
      description =
          "parquet, csv, tsv, json, delta, table, or auto to detect it from the file name (default:"
              + " ${DEFAULT-VALUE}). csv and tsv have a header; tsv has no quotes.")
  private InputTable.Format format;

  @Option(
      names = "--csv-delimiter",
      paramLabel = "CHAR",
      description = "Field delimiter, or tab (default: , for csv and tab for tsv).")
  private String delimiter;

  @Option(
      names = "--csv-quote",
      paramLabel = "CHAR",
      description = "Quote character, or none (default: \" for csv and none for tsv).")
  private String quote;

  @Option(
      names = "--csv-escape",
      paramLabel = "CHAR",
      description =
          "Character that escapes a quote inside a quoted field; the quote character itself if"
              + " quotes are doubled (default: \" or \\, detected from the files).")
  private String escape;

  @Option(
      names = "--csv-multiline",
      paramLabel = "on|off",
      description =
          "Whether quoted fields may contain line breaks (default: on for csv). Files are split"
              + " among tasks only if this is off.")
  private Switch multiLine;

  @Option(
      names = "--csv-line-end",
      paramLabel = "auto|lf|crlf|cr",
      description =
          "Line separator; auto detects LF or CRLF, or CR in files without either (default:"
              + " auto).")
  private String lineEnd;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description = "Character encoding of csv, tsv and json files (default: UTF-8).")
  private String encoding;

  @Option(
      names = "--malformed",
      paramLabel = "fail|keep|drop",
      description =
          "How to handle malformed records of csv, tsv and json files: fail rejects the input,"
              + " keep writes them with a null prediction and the record in the column error"
              + " (score only), drop skips them (default: keep for score, fail for other"
              + " commands).")
  private Malformed malformed;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description =
          "Additional reader option; can be repeated. Options without effect are rejected.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--text-column",
      defaultValue = "text",
      paramLabel = "COLUMN",
      description = "Text column, or struct.field (default: ${DEFAULT-VALUE}).")
  private String textColumn;

  @Option(
      names = "--pair-column",
      paramLabel = "COLUMN",
      description =
          "Column with the second text, for text pairs; rows where it is null are"
              + " single texts.")
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
          "%s and --option %s set the same reader option; give only one of them.",
          ours, other.get());
    }
    options.put(key, value);
  }
}
