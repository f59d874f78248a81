package org.smartbert.jobs.cli.options;

import java.nio.file.Path;
import java.util.Optional;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Processor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.udfs.ComputeDevice;
import picocli.CommandLine.Option;

/** What a network is computed in when it scores. */
public final class PrecisionOption {
  @Option(
      names = "--precision",
      defaultValue = "fp32",
      paramLabel = "fp32|bf16|int8|auto",
      description =
          "What the network is computed in. bf16 is faster where the processor knows it, and"
              + " changes few decisions; int8, faster still, takes a model that quantize wrote;"
              + " auto is int8 for such a model where the processor has VNNI instructions, else"
              + " bf16 where the processor knows it, else fp32; on GPUs it is bf16 (default:"
              + " ${DEFAULT-VALUE}).")
  private Choice choice;

  private enum Choice {
    FP32,
    BF16,
    INT8,
    AUTO
  }

  /** The precision that was named; empty for auto. */
  public Optional<Precision> asked() {
    return choice == Choice.AUTO ? Optional.empty() : Optional.of(Precision.valueOf(choice.name()));
  }

  /**
   * The precision for a model. The driver chooses, by its own processor where processors compute,
   * so that all rows of a run are computed alike.
   *
   * @throws org.smartbert.model.InvalidInputException where the model does not allow it
   */
  public Precision of(Path model, ComputeDevice device) {
    Precision precision = asked().orElseGet(() -> fastest(model, device));
    ModelDirectory.requireFits(model, precision);
    return precision;
  }

  private static Precision fastest(Path model, ComputeDevice device) {
    if (device == ComputeDevice.GPU) {
      return Precision.BF16;
    }
    if (ModelDirectory.isQuantised(model) && Processor.knowsVnni()) {
      return Precision.INT8;
    }
    return Processor.knowsBfloat16() ? Precision.BF16 : Precision.FP32;
  }
}
