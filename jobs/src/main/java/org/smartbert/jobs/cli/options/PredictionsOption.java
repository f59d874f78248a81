package org.smartbert.jobs.cli.options;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A table that score wrote. */
public final class PredictionsOption {
  @Option(
      names = "--predictions",
      required = true,
      paramLabel = "PATH|TABLE",
      description = "Predictions table: the --output of score.")
  private String predictions;

  @Mixin private PrefixOption prefix;

  /** Path or name of the table. */
  public String location() {
    return predictions;
  }

  /** The prefix of the prediction columns' names. */
  public String prefix() {
    return prefix.text();
  }
}
