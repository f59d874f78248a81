package org.smartbert.jobs;

import picocli.CommandLine.Option;

/** How the prediction columns' names begin. */
final class PrefixOption {
  @Option(
      names = "--prefix",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "Stands before each prediction column's name (default: nothing).")
  String text;
}
