package org.smartbert.jobs.cli.options;

import picocli.CommandLine.Option;

/** The prefix of the prediction columns' names. */
public final class PrefixOption {
  @Option(
      names = "--prefix",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "Prefix of the prediction columns' names (default: none).")
  private String text;

  public String text() {
    return text;
  }
}
