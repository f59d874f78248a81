package org.smartbert.jobs.cli.options;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The maximum length of a row. */
public final class LengthOption {
  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "Maximum tokens per row, including [CLS] and [SEP]; longer rows are truncated (default:"
              + " 128 or the model's limit, whichever is smaller).")
  private Integer maxTokens;

  public Optional<Integer> tokens() {
    return Optional.ofNullable(maxTokens);
  }
}
