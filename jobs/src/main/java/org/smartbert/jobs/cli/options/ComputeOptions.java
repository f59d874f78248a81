package org.smartbert.jobs.cli.options;

import java.util.Locale;
import java.util.Optional;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Gates;
import org.smartbert.udfs.ComputeDevice;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The gates, precision, device and maximum length that a model is run with. */
public final class ComputeOptions {
  @Option(
      names = "--gates",
      defaultValue = "on",
      paramLabel = "on|off",
      description = "Whether layers may be skipped (default: ${DEFAULT-VALUE}).")
  private Gates gates;

  @Option(
      names = "--precision",
      defaultValue = "fp32",
      paramLabel = "fp32|bf16|int8|auto",
      description =
          "Precision of the network. bf16 is faster where the processor supports it, and changes"
              + " few predictions; int8, faster still, needs a model written by quantize; auto is"
              + " int8 for such a model where the processor has VNNI instructions, else bf16 where"
              + " the processor supports it, else fp32; on GPUs it is bf16 (default:"
              + " ${DEFAULT-VALUE}).")
  private PrecisionOption precision;

  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "auto|cpu|gpu",
      description =
          "Device of the tasks; auto is a GPU where Spark assigns one to each task, see"
              + " conf/gpu-scoring.conf (default: ${DEFAULT-VALUE}).")
  private ComputeDevice.Requested device;

  @Mixin private LengthOption length;

  private enum PrecisionOption {
    FP32,
    BF16,
    INT8,
    AUTO
  }

  public Gates gates() {
    return gates;
  }

  /** A model directory with these options. */
  public ModelSelection select(String model) {
    Optional<Precision> requested =
        precision == PrecisionOption.AUTO
            ? Optional.empty()
            : Optional.of(Precision.valueOf(precision.name().toUpperCase(Locale.ROOT)));
    return new ModelSelection(model, length.tokens(), requested, device);
  }
}
