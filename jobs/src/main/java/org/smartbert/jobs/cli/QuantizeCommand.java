package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.quantization.QuantizeRequest;
import org.smartbert.jobs.actions.quantization.QuantizeResult;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LengthOption;
import org.smartbert.model.inference.InferenceSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Quantizes a model to int8. */
@Command(
    name = "quantize",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Quantizes a trained model to int8: 8-bit weights and 8-bit activations, calibrated on"
          + " sample rows. Score with --precision int8 to use it.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert quantize --model models/reviews --output models/reviews-int8 \\",
      "    --input reviews.parquet --text-column review",
    })
final class QuantizeCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Model directory written by train.")
  private String model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "Directory for the int8 model, on any Hadoop file system; must not exist or be empty.")
  private String output;

  @Option(
      names = "--sample-rows",
      defaultValue = "512",
      paramLabel = "N",
      description =
          "Rows for calibration, sampled by a hash of the text (default: ${DEFAULT-VALUE}).")
  private int sampleRows;

  @Mixin private LengthOption length;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    QuantizeResult result =
        Jobs.of(spec)
            .quantize(
                new QuantizeRequest(input.textInput(), model, output, sampleRows, length.tokens()));
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "Calibrated on %,d rows. %,d of them keep their label at S = %s; cost %.3f, before %.3f.%n",
        result.sampleRows(),
        result.sameLabel(),
        InferenceSettings.DEFAULT_ENTROPY_THRESHOLD,
        result.after().cost(),
        result.before().cost());
    out.printf(
        Locale.ROOT,
        "Weights: %.1f MB, before %.1f MB.%n",
        result.after().bytes() / 1e6,
        result.before().bytes() / 1e6);
    out.printf("Model: %s%n", output);
    out.flush();
    return 0;
  }
}
