package org.smartbert.jobs.cli.options;

import picocli.CommandLine.Option;

/** Which column holds the true class. */
public final class LabelOption {
  @Option(
      names = "--label-column",
      defaultValue = "label",
      paramLabel = "COLUMN",
      description = "The true class: string, boolean or whole number (default: ${DEFAULT-VALUE}).")
  private String column;

  public String column() {
    return column;
  }
}
