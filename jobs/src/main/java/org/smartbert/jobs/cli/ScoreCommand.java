package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.ScoreResult;
import org.smartbert.jobs.actions.scoring.ScoringJob;
import org.smartbert.jobs.actions.scoring.ScoringReport;
import org.smartbert.jobs.actions.scoring.stream.AutoIncrementalAction;
import org.smartbert.jobs.actions.scoring.stream.FollowRequest;
import org.smartbert.jobs.actions.scoring.stream.IncrementalResult;
import org.smartbert.jobs.actions.scoring.stream.StreamStop;
import org.smartbert.jobs.cli.console.CoreHoursText;
import org.smartbert.jobs.cli.options.IncrementalOptions;
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
      "Of a Delta table or a folder each call scores the rows that are new (--incremental), and"
          + " with --follow those that come. Of other inputs it scores all rows: a finished run is"
          + " not repeated unless it gets a new --run-id.",
      "",
      "An interrupted call resumes when the same command is run again, and so does one that"
          + " --max-core-hours stopped, with the exit code 0.",
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

  @Option(
      names = "--max-core-hours",
      paramLabel = "HOURS",
      description =
          "Stop after the slice in which the tasks of this call have taken so many core-hours; the"
              + " same command resumes the run (default: no limit; makes --incremental auto off).")
  private Double maxCoreHours;

  @Mixin private IncrementalOptions incremental;

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
            maxCoreHours == null ? scoring.tasks() : scoring.tasks().within(maxCoreHours),
            runId.id());
    IncrementalOptions.Mode mode = incremental.mode();
    SmartBertJobs jobs = Jobs.of(spec, tablesRoot.path());
    PrintWriter out = spec.commandLine().getOut();
    List<String> notes =
        switch (mode) {
          case OFF -> print(out, jobs.score(request));
          case ON -> print(out, ofNewRows(out, jobs, request));
          case AUTO -> print(out, jobs.scoreAuto(request));
        };
    out.flush();
    notes.forEach(note -> spec.commandLine().getErr().println("smartbert: note: " + note));
    return 0;
  }

  private IncrementalResult ofNewRows(PrintWriter out, SmartBertJobs jobs, ScoreRequest request) {
    StreamStop stop = new StreamStop();
    Optional<FollowRequest> following = incremental.follow(request, stop);
    if (following.isEmpty()) {
      return jobs.scoreIncremental(incremental.request(request));
    }
    StopRequests signals = StopRequests.to(stop::request);
    try {
      IncrementalResult result = jobs.follow(following.get());
      out.printf(
          Locale.ROOT,
          "Stopped on request, after %,d batches.%n",
          result.scored().map(scored -> scored.attempt().slices()).orElse(0));
      return result;
    } finally {
      signals.close();
    }
  }

  private static List<String> print(PrintWriter out, AutoIncrementalAction.Result result) {
    return result
        .ofNewRows()
        .map(scored -> print(out, scored))
        .orElseGet(() -> print(out, result.ofAllRows().orElseThrow()));
  }

  private static List<String> print(PrintWriter out, IncrementalResult result) {
    result
        .scored()
        .ifPresentOrElse(
            scored -> print(out, scored),
            () ->
                out.printf(
                    "Nothing new: all rows of %s have their predictions in %s.%n",
                    result.input(), result.output().name()));
    return result.notes();
  }

  /** Prints what a run did, and returns its notes. */
  static List<String> print(PrintWriter out, ScoreResult result) {
    ScoringReport.Totals totals = result.totals();
    if (result.wasComplete()) {
      out.printf(
          Locale.ROOT,
          "Run %s is already complete: %,d rows are in %s. Give a new --run-id to score again.%n",
          result.attempt().runId(),
          totals.rows(),
          result.output().name());
      return result.notes();
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
    result.attempt().computed().stop().ifPresent(stop -> printStop(out, result, stop));
    return result.notes();
  }

  private static void printStop(PrintWriter out, ScoreResult result, ScoringJob.Stop stop) {
    out.printf(
        Locale.ROOT,
        "Stopped by --max-core-hours after %s core-hours: %,d of %,d rows are left, in %d of %d"
            + " slices; the same command resumes the run, with a limit of its own.%n",
        CoreHoursText.of(stop.coreHours()),
        result.attempt().rows() - result.totals().rows(),
        result.attempt().rows(),
        stop.slicesLeft(),
        result.attempt().slices());
  }
}
