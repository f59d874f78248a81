package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.conversion.ConvertRequest;
import org.smartbert.jobs.actions.conversion.ConvertResult;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.actions.evaluation.Scores;
import org.smartbert.jobs.cli.options.ConversionOptions;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LengthOption;
import org.smartbert.jobs.cli.options.RunIdOption;
import org.smartbert.jobs.cli.options.TablesRootOption;
import org.smartbert.jobs.cli.options.ThresholdOptions;
import org.smartbert.jobs.cli.options.WorkerOptions;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.training.Metric;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Adds exits to a classifier. */
@Command(
    name = "convert",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Adds early exits, and with --gates on skipping gates, to a classifier that you have. They"
          + " learn from the classifier's own answers, so the rows need no labels. The weights of"
          + " the classifier are not changed: at full depth (--gates off --entropy-threshold 0) the"
          + " converted model gives exactly the answers of the classifier.",
      "",
      "A share of the rows is kept aside. On those rows the converted model is compared with the"
          + " classifier at several thresholds, and a Markdown table is printed: the share of equal"
          + " labels with its 95 %% confidence interval, layers, FLOPs and measured speed-up.",
      "",
      "An interrupted run resumes from its last checkpoint when the same command is run again.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert convert --model my-classifier --input reviews.parquet --text-column review \\",
      "    --output models/reviews",
    })
final class ConvertCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description =
          "Classifier: a directory of Hugging Face's BertForSequenceClassification, or a model"
              + " without gates and exits, such as those of train --method bert; or hf:ORG/NAME, a"
              + " classifier of the Hugging Face hub.")
  private String model;

  @Mixin private InputOptions input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "Directory for the converted model, on any Hadoop file system; must not exist or be"
              + " empty.")
  private String output;

  @Option(
      names = "--gates",
      defaultValue = "off",
      paramLabel = "on|off",
      description =
          "Whether the model also gains gates, which skip layers (default: ${DEFAULT-VALUE}).")
  private Gates gates;

  @Option(
      names = "--max-rows",
      defaultValue = "20000",
      paramLabel = "N",
      description =
          "Maximum rows to use, those kept aside included; of more rows some are sampled by a hash"
              + " of the text. 0 uses all (default: ${DEFAULT-VALUE}).")
  private int maxRows;

  @Option(
      names = "--held-out",
      defaultValue = "0.1",
      paramLabel = "SHARE",
      description =
          "Share of the rows that is kept aside for the comparison, chosen by a hash of the text,"
              + " so that no text is in both parts (default: ${DEFAULT-VALUE}).")
  private double heldOut;

  @Mixin private ThresholdOptions comparison;

  @Mixin private ConversionOptions conversion;

  @Mixin private LengthOption length;

  @Mixin private WorkerOptions workers;

  @Mixin private RunIdOption runId;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    conversion.validate();
    ConvertRequest request =
        new ConvertRequest(
            new ConvertRequest.Rows(input.textInput(), maxRows, heldOut),
            new ConvertRequest.Model(model, output, length.tokens(), gates),
            new ConvertRequest.Comparison(comparison.thresholds(), comparison.timingRows()),
            conversion.learning(),
            workers.workers(conversion.batchSize()),
            runId.id());
    ConvertResult result = Jobs.of(spec, tablesRoot.path()).convert(request);
    PrintWriter out = spec.commandLine().getOut();
    print(out, result);
    out.flush();
    return 0;
  }

  private void print(PrintWriter out, ConvertResult result) {
    out.printf(
        Locale.ROOT,
        "Converted %s: %d layers, %d labels, exits%s learned from its answers to %,d rows in %.0f"
            + " s; %,d rows were kept aside.%n%n",
        model,
        result.plan().network().layers(),
        result.plan().network().labels().size(),
        gates == Gates.ON ? " and gates" : "",
        result.job().trainRows(),
        result.job().seconds(),
        result.job().validationRows());
    out.println(
        "| gates | S | agreement (95 %) | layers | MFLOPs a row | cost | FLOPs speed-up | realised"
            + " |");
    out.println("|---|---|---|---|---|---|---|---|");
    for (ConvertResult.Line row : result.lines()) {
      Evaluation.Line line = row.agreement();
      Scores equal = line.scores(Metric.ACCURACY);
      out.printf(
          Locale.ROOT,
          "| %s | %s | %.2f (%.2f to %.2f) | %.2f | %.1f | %.3f | %.2f | %s |%n",
          row.gates().name().toLowerCase(Locale.ROOT),
          line.threshold(),
          100 * equal.value(),
          100 * equal.low(),
          100 * equal.high(),
          line.result().meanLayers(),
          line.result().flops() / line.result().rows() / 1e6,
          line.result().cost(),
          1 / line.result().cost(),
          line.realised() == null ? "-" : String.format(Locale.ROOT, "%.2f", line.realised()));
    }
    out.printf(
        "%nModel: %s%nMetrics: %s%nRun: %s%n",
        result.plan().output(), result.metrics().sql(), result.plan().run().id());
  }
}
