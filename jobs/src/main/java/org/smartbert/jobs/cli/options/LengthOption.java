package org.smartbert.jobs.cli.options;

import java.util.Optional;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.udfs.ModelReference;
import picocli.CommandLine.Option;

/** How long a row may be. */
public final class LengthOption {
  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "Longer rows are cut, [CLS] and [SEP] counted (default: the smaller of 128 and the"
              + " model's longest).")
  private Integer maxTokens;

  /** The longest row for a model. */
  public int of(BertConfig config, String model) {
    return ModelReference.longestRow(Optional.ofNullable(maxTokens), config, model);
  }
}
