package org.smartbert.jobs.cli.options;

import picocli.CommandLine.Option;

/** The column with the true label. */
public final class LabelOption {
  @Option(
      names = "--label-column",
      defaultValue = "label",
      paramLabel = "COLUMN",
      description =
          "Column with the true label: string, boolean or integer (default:"
              + " ${DEFAULT-VALUE}).")
  private String column;

  public String column() {
    return column;
  }
}
