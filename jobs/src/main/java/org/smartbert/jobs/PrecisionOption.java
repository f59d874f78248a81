package org.smartbert.jobs;

import java.nio.file.Path;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Processor;
import org.smartbert.model.io.ModelDirectory;
import picocli.CommandLine.Option;

/** What a network is computed in when it scores. */
final class PrecisionOption {
  @Option(
      names = "--precision",
      defaultValue = "fp32",
      paramLabel = "fp32|bf16|int8|auto",
      description =
          "What the network is computed in. bf16 is faster where the processor knows it, and"
              + " changes few decisions; int8, faster still, takes a model that quantize wrote;"
              + " auto is int8 for such a model, else bf16 where the processor knows it, else fp32"
              + " (default: ${DEFAULT-VALUE}).")
  private Choice choice;

  private enum Choice {
    FP32,
    BF16,
    INT8,
    AUTO
  }

  /**
   * The precision for a model. The driver chooses, by its own processor, so that all rows of a run
   * are computed alike.
   *
   * @throws org.smartbert.model.InvalidInputException where the model does not allow it
   */
  Precision of(Path model) {
    Precision precision =
        switch (choice) {
          case FP32 -> Precision.FP32;
          case BF16 -> Precision.BF16;
          case INT8 -> Precision.INT8;
          case AUTO ->
              ModelDirectory.isQuantised(model)
                  ? Precision.INT8
                  : Processor.knowsBfloat16() ? Precision.BF16 : Precision.FP32;
        };
    ModelDirectory.requireFits(model, precision);
    return precision;
  }
}
