package org.smartbert.jobs.cli.options;

import picocli.CommandLine.Option;

/** How the prediction columns' names begin. */
public final class PrefixOption {
  @Option(
      names = "--prefix",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "Stands before each prediction column's name (default: nothing).")
  public String text;
}
