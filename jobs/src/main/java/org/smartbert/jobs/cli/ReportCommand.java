package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.reporting.ReportRequest;
import org.smartbert.jobs.cli.options.PredictionsOption;
import org.smartbert.jobs.cli.options.TablesRootOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a report for people. */
@Command(
    name = "report",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Writes one HTML file about a predictions table that opens from disk without a network:"
          + " accuracy against FLOPs (where models were evaluated), exits, skips, cost over time,"
          + " and the run's settings.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert report --predictions tables/reviews_scored --output reviews.html",
    })
final class ReportCommand implements Callable<Integer> {
  @Mixin private PredictionsOption predictions;

  @Option(
      names = "--output",
      defaultValue = "report.html",
      paramLabel = "FILE",
      description = "The file; replaced if it is there (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--rows",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "How many of the costliest and of the least certain rows to show; texts can be private"
              + " (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--text-column",
      paramLabel = "COLUMN",
      description = "The text that --rows shows (default: none).")
  private String textColumn;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Path report =
        Jobs.of(spec, tablesRoot.path())
            .report(
                new ReportRequest(
                    predictions.location(),
                    predictions.prefix(),
                    output,
                    rows,
                    Optional.ofNullable(textColumn)));
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Report: %s%n", report);
    out.flush();
    return 0;
  }
}
