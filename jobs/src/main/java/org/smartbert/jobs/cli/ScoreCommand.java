package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.actions.scoring.ScoringReport;
import org.smartbert.jobs.cli.options.RunIdOption;
import org.smartbert.jobs.cli.options.ScoringOptions;
import org.smartbert.jobs.cli.options.TablesRootOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Classifies the rows of a table into a Delta table. */
@Command(
    name = "score",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Classifies the rows of the input and writes them to a Delta table with prediction, exit"
          + " layer, skip mask and FLOPs.",
      "",
      "An interrupted run resumes when the same command is run again; a finished run is not"
          + " repeated unless it gets a new --run-id.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert score --input reviews.parquet --text-column review --model models/reviews \\",
      "    --output tables/reviews_scored --entropy-threshold 0.2",
    })
final class ScoreCommand implements Callable<Integer> {
  @Mixin private ScoringOptions scoring;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "PATH|TABLE",
      description = "Delta table to append to; created if missing.")
  private String output;

  @Mixin private RunIdOption runId;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ScoreRequest request =
        new ScoreRequest(
            scoring.input(),
            scoring.model(),
            scoring.exits(),
            new ScoreRequest.Output(output, scoring.keep(), scoring.columns()),
            scoring.tasks(),
            runId.id());
    ScoreResult result = Jobs.of(spec, tablesRoot.path()).score(request);
    PrintWriter out = spec.commandLine().getOut();
    print(out, result);
    out.flush();
    result.notes().forEach(note -> spec.commandLine().getErr().println("smartbert: note: " + note));
    return 0;
  }

  /** Prints what a run did. */
  static void print(PrintWriter out, ScoreResult result) {
    ScoringReport.Totals totals = result.totals();
    if (result.wasComplete()) {
      out.printf(
          Locale.ROOT,
          "Run %s is already complete: %,d rows are in %s. Give a new --run-id to score again.%n",
          result.attempt().runId(),
          totals.rows(),
          result.output().name());
      return;
    }
    out.printf(
        Locale.ROOT,
        "Scored %,d rows in %.1f s (%,.0f rows/s); of %,d in total, %,d could not be scored and %,d"
            + " were truncated.%n",
        result.attempt().computed().rows(),
        result.attempt().computed().seconds(),
        result.rowsPerSecond(),
        totals.rows(),
        totals.errors(),
        totals.truncated());
    out.printf(
        Locale.ROOT,
        "Mean layers executed %.2f, cost %.3f of full depth (FLOPs saved: %.1f %%).%n%n",
        totals.layers(),
        totals.cost(),
        100 * (1 - totals.cost()));
    out.println(ScoringTables.exits(result.exits()));
    out.printf("Predictions: %s%nRun: %s%n", result.output().sql(), result.attempt().runId());
  }
}
