package org.smartbert.jobs.cli.options;

import picocli.CommandLine.Option;

/** The folder of the tables runs, training_metrics, evaluations and calibrations. */
public final class TablesRootOption {
  @Option(
      names = "--tables-root",
      defaultValue = "smartbert-tables",
      paramLabel = "PATH",
      description =
          "Folder of the tables runs, training_metrics, evaluations and calibrations (default:"
              + " ${DEFAULT-VALUE}).")
  private String path;

  public String path() {
    return path;
  }
}
