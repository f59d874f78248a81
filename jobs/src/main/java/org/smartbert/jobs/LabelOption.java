package org.smartbert.jobs;

import org.smartbert.jobs.training.LabelledRows;
import picocli.CommandLine.Option;

/** Which column holds the true class. */
final class LabelOption {
  @Option(
      names = "--label-column",
      defaultValue = "label",
      paramLabel = "COLUMN",
      description = "The true class: string, boolean or whole number (default: ${DEFAULT-VALUE}).")
  private String column;

  LabelledRows of(InputOptions input) {
    return new LabelledRows(input.textColumn, input.pairColumn, column);
  }
}
