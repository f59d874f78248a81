package org.smartbert.jobs.cli;

import java.io.PrintWriter;
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

/** Writes an HTML report. */
@Command(
    name = "report",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Writes a self-contained HTML report on a predictions table: accuracy versus FLOPs (if"
          + " models were evaluated), exits, skips, cost over time, and the settings of the runs.",
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
      description =
          "Report file, on any Hadoop file system; overwritten if it exists (default:"
              + " ${DEFAULT-VALUE}).")
  private String output;

  @Option(
      names = "--rows",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Number of most expensive and of least confident rows to include; texts may be"
              + " confidential"
              + " (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--text-column",
      paramLabel = "COLUMN",
      description = "Text column to include with --rows (default: none).")
  private String textColumn;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    String report =
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
