package org.smartbert.jobs.cli.options;

import java.util.Optional;
import picocli.CommandLine.Option;

/** How long a row may be. */
public final class LengthOption {
  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "Longer rows are truncated, [CLS] and [SEP] counted (default: the smaller of 128 and the"
              + " model's limit).")
  private Integer maxTokens;

  public Optional<Integer> tokens() {
    return Optional.ofNullable(maxTokens);
  }
}
