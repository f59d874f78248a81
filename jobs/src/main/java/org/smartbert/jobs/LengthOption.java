package org.smartbert.jobs;

import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import picocli.CommandLine.Option;

/** How long a row may be. */
final class LengthOption {
  private static final int DEFAULT_MAX_TOKENS = 128;
  private static final int SHORTEST = 3;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "Longer rows are cut, [CLS] and [SEP] counted (default: the smaller of 128 and the"
              + " model's longest).")
  private Integer maxTokens;

  /** The longest row for a model. */
  int of(BertConfig config, String model) {
    int longest = config.maxPositions();
    int limit = maxTokens == null ? Math.min(DEFAULT_MAX_TOKENS, longest) : maxTokens;
    if (limit < SHORTEST || limit > longest) {
      throw new InvalidInputException(
          "--max-tokens is %d; the model in %s takes %d to %d.", limit, model, SHORTEST, longest);
    }
    return limit;
  }
}
