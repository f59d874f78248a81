package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.evaluation.EvaluateRequest;
import org.smartbert.jobs.actions.evaluation.EvaluateResult;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.actions.evaluation.Floor;
import org.smartbert.jobs.cli.options.ComputeOptions;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LabelOption;
import org.smartbert.jobs.cli.options.TablesRootOption;
import org.smartbert.jobs.cli.options.ThresholdOptions;
import org.smartbert.model.training.Metric;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Evaluates models on labelled rows. */
@Command(
    name = "evaluate",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Evaluates models on labelled rows at several entropy thresholds in one pass per model:"
          + " accuracy, F1 and MCC with 95 %% confidence intervals, layers, FLOPs and measured"
          + " speed-up. Prints a Markdown table and appends to the table evaluations. A word count"
          + " shows what accuracy needs no network.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert evaluate --input held_out.parquet --text-column review --label-column stars \\",
      "    --models models/reviews,models/reviews-int8 --thresholds 0,0.1,0.3,0.5",
    })
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Mixin private LabelOption label;

  @Option(
      names = "--models",
      required = true,
      split = ",",
      paramLabel = "DIR",
      description = "Model directories, separated by commas.")
  private List<String> models;

  @Mixin private ThresholdOptions comparison;

  @Option(
      names = "--metric",
      defaultValue = "accuracy",
      paramLabel = "accuracy|f1|mcc",
      description =
          "Metric of the printed table; the table evaluations has all of them (default:"
              + " ${DEFAULT-VALUE}).")
  private Metric metric;

  @Option(
      names = "--floor",
      defaultValue = "on",
      paramLabel = "on|off",
      description =
          "Whether a word count (TF-IDF and logistic regression) is compared with the models, if"
              + " there are 500 rows or more. It is cross-fitted on the evaluated rows, at most"
              + " 50,000: each of 5 folds is answered by a fit on the others (default:"
              + " ${DEFAULT-VALUE}).")
  private Floor floor;

  @Mixin private ComputeOptions compute;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    EvaluateResult result =
        Jobs.of(spec, tablesRoot.path())
            .evaluate(
                new EvaluateRequest(
                    input.textInput(),
                    label.column(),
                    models.stream().map(compute::select).toList(),
                    new EvaluateRequest.Policies(comparison.thresholds(), compute.gates()),
                    comparison.timingRows(),
                    floor));
    PrintWriter out = spec.commandLine().getOut();
    print(out, result.lines());
    out.println();
    result.floor().ifPresent(words -> FloorText.evaluate(out, words, metric, result.best(metric)));
    result.notes().forEach(out::println);
    out.printf("Evaluations: %s%n", result.table().sql());
    out.flush();
    return 0;
  }

  /** As table 1 has it: the metric, then FLOPs and speed-ups. */
  private void print(PrintWriter out, List<Evaluation.Line> lines) {
    out.printf(
        "| method | model | S | %s (95 %%) | layers | MFLOPs a row | cost | FLOPs speed-up |"
            + " realised | MFLOPs as the paper counts |%n",
        metric.name().toLowerCase(Locale.ROOT));
    out.println("|---|---|---|---|---|---|---|---|---|---|");
    for (Evaluation.Line line : lines) {
      var scores = line.scores(metric);
      out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %.2f (%.2f to %.2f) | %.2f | %.1f | %.3f | %.2f | %s | %.0f |%n",
          line.method().id(),
          Path.of(line.subject().name()).getFileName(),
          line.threshold(),
          100 * scores.value(),
          100 * scores.low(),
          100 * scores.high(),
          line.result().meanLayers(),
          line.result().flops() / line.result().rows() / 1e6,
          line.result().cost(),
          1 / line.result().cost(),
          line.realised() == null ? "-" : String.format(Locale.ROOT, "%.2f", line.realised()),
          line.result().paperFlops() / line.result().rows() / 1e6);
    }
  }
}
