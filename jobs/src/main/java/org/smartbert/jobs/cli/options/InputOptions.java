package org.smartbert.jobs.cli.options;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TextInput;
import picocli.CommandLine.Option;

/** The options that say which rows a command reads. */
public final class InputOptions {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH|TABLE",
      description = "Rows: a path that Spark reads, or a table of the catalog.")
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
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "Further option of Spark's reader; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--text-column",
      defaultValue = "text",
      paramLabel = "COLUMN",
      description = "The text (default: ${DEFAULT-VALUE}).")
  private String textColumn;

  @Option(
      names = "--pair-column",
      paramLabel = "COLUMN",
      description = "A second text, for tasks on pairs; where it is null the row is a single text.")
  private String pairColumn;

  public TextInput textInput() {
    return new TextInput(
        new InputTable(input, format, options), textColumn, Optional.ofNullable(pairColumn));
  }
}
