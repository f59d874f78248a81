package org.smartbert.jobs.cli.options;

import picocli.CommandLine.Option;

/** How many rows the realised speed-up is measured on. */
public final class TimingRowsOption {
  @Option(
      names = "--timing-rows",
      defaultValue = "512",
      paramLabel = "N",
      description =
          "Rows for measuring the realised speed-up on the driver's CPU; 0 disables it, and it is"
              + " not measured on GPUs (default: ${DEFAULT-VALUE}).")
  private int rows;

  public int rows() {
    return rows;
  }
}
