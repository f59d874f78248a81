package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.calibration.CalibrateRequest;
import org.smartbert.jobs.actions.calibration.CalibrateResult;
import org.smartbert.jobs.cli.console.TextTable;
import org.smartbert.jobs.cli.options.ComputeOptions;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LabelOption;
import org.smartbert.jobs.cli.options.PromiseOptions;
import org.smartbert.jobs.cli.options.TablesRootOption;
import org.smartbert.model.calibration.Certificate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds the threshold that keeps a promise. */
@Command(
    name = "calibrate",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Finds the cheapest entropy threshold that keeps a promise, with a stated confidence, or a"
          + " budget, and writes a copy of the model with that threshold and its certificate. score"
          + " then uses it.",
      "",
      "The rows must be like those that will be scored, and new to the model: its directory notes"
          + " hashes of the rows that train and convert gave it.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert calibrate --model models/reviews --input fresh.parquet --text-column review \\",
      "    --promise agreement --epsilon 0.01 --output models/reviews-calibrated",
    })
final class CalibrateCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Mixin private LabelOption label;

  @Option(
      names = "--learned-rows",
      defaultValue = "fail",
      paramLabel = "fail|drop",
      description =
          "How to handle rows that the model was trained or validated on: fail refuses them, drop"
              + " leaves them out and counts them (default: ${DEFAULT-VALUE}).")
  private CalibrateRequest.Learned learned;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Model directory written by train, convert or quantize.")
  private String model;

  @Mixin private PromiseOptions promise;

  @Option(
      names = "--thresholds",
      split = ",",
      paramLabel = "ENTROPY",
      description =
          "Entropy thresholds to test, ascending; 0 is added. Fix them before you look at the rows"
              + " (default: 27 from 0.001 to 2).")
  private List<Float> thresholds = CalibrateRequest.DEFAULT_GRID;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "Directory for the calibrated model, on any Hadoop file system; must not exist or be"
              + " empty.")
  private String output;

  @Mixin private ComputeOptions compute;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CalibrateResult result =
        Jobs.of(spec, tablesRoot.path())
            .calibrate(
                new CalibrateRequest(
                    input.textInput(),
                    label.column(),
                    learned,
                    compute.select(model),
                    promise.goal(compute.gates()),
                    new CalibrateRequest.Policies(thresholds, compute.gates()),
                    output));
    PrintWriter out = spec.commandLine().getOut();
    out.println(table(result));
    verdict(result.certificate(), result).forEach(out::println);
    result.notes().forEach(out::println);
    out.printf("Calibrations: %s%nModel: %s%n", result.table().sql(), output);
    out.flush();
    return 0;
  }

  private static TextTable table(CalibrateResult result) {
    TextTable table = new TextTable("S", "errors", "p", "cost", "low", "high", "certified");
    for (CalibrateResult.Line line : result.lines()) {
      table.row(
          Float.toString(line.threshold()),
          Long.toString(line.errors()),
          line.pValue().isPresent()
              ? String.format(Locale.ROOT, "%.4f", line.pValue().getAsDouble())
              : "-",
          three(line.cost().value()),
          three(line.cost().low()),
          three(line.cost().high()),
          line.certified() ? "yes" : "no");
    }
    return table;
  }

  /** What was found, in sentences. */
  private static List<String> verdict(Certificate certificate, CalibrateResult result) {
    Optional<Certificate.Tested> tested = certificate.tested();
    float threshold = certificate.policy().entropyThreshold();
    String cost =
        String.format(
            Locale.ROOT,
            "Mean cost %s of full depth's FLOPs (95 %% interval %s to %s).",
            three(certificate.cost().mean()),
            three(certificate.cost().low()),
            three(certificate.cost().high()));
    if (tested.isPresent() && !tested.get().certified()) {
      return List.of(
          "No threshold was shown to keep the promise. The model has threshold 0, and nothing is"
              + " promised: not shown is that "
              + tested.get().promise().sentence()
              + ".",
          cost + budget(certificate));
    }
    String only =
        tested.isPresent() && threshold == 0
            ? result.lines().stream().filter(CalibrateResult.Line::certified).count() > 1
                ? " No certified threshold above 0 costs less."
                : " No threshold above 0 was shown to keep the promise."
            : "";
    return List.of(
        "Threshold " + threshold + ": " + certificate.describe() + "." + only,
        cost + budget(certificate));
  }

  private static String budget(Certificate certificate) {
    if (certificate.budget().isEmpty()) {
      return "";
    }
    return certificate.withinBudget()
        ? " That is within the budget of " + certificate.budget().get() + "."
        : " That is beyond the budget of "
            + certificate.budget().get()
            + ": no threshold keeps both.";
  }

  private static String three(double number) {
    return String.format(Locale.ROOT, "%.3f", number);
  }
}
