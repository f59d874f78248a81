package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.scoring.ScoringReport;
import org.smartbert.jobs.cli.options.PrefixOption;
import org.smartbert.jobs.cli.options.TablesRootOption;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a scoring run did. */
@Command(
    name = "show",
    description = "Shows a scoring run: its summary, and exits, skips and FLOPs layer by layer.")
final class ShowCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "The run (default: the last one that finished).")
  private String runId;

  @Mixin private PrefixOption prefix;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    SparkSession spark = Sessions.open(spec);
    RunsTable runs = new RunsTable(spark, tablesRoot.path);
    Row run =
        runs.find(runId)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "%s holds no %s; score something first, or give --tables-root.",
                        runs.location().name(),
                        runId == null ? "finished scoring run" : "run " + runId));
    if (!run.<String>getAs("command").equals("score")) {
      throw new InvalidInputException(
          "Run %s is a %s run; show takes a scoring run.",
          run.<String>getAs("run_id"), run.<String>getAs("command"));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Run %s: %s%n", run.<String>getAs("run_id"), run.<String>getAs("status"));
    out.printf(
        "  input   %s (version %s)%n  output  %s%n  model   %s%n",
        run.<String>getAs("input"),
        run.<String>getAs("input_version"),
        run.<String>getAs("output"),
        run.<String>getAs("model_version"));
    Map<String, String> settings = run.getJavaMap(run.fieldIndex("settings"));
    out.printf(
        "  gates   %s, entropy threshold %s%n",
        settings.get("gates").toLowerCase(Locale.ROOT), settings.get("entropy_threshold"));
    if (!run.isNullAt(run.fieldIndex("rows"))) {
      out.printf(
          Locale.ROOT,
          "  rows    %,d, of them %,d with an error; %.1f s, %,.0f rows/s%n",
          run.<Long>getAs("rows"),
          run.<Long>getAs("error_rows"),
          run.<Double>getAs("seconds"),
          run.<Double>getAs("rows_per_second"));
    }
    TableLocation table = TableLocation.parse(run.<String>getAs("output"), spark);
    ScoringReport report = new ScoringReport(spark, table, run.getAs("run_id"), prefix.text);
    ScoringReport.Totals totals = report.totals();
    out.printf(
        Locale.ROOT,
        "  cost    %.3f of full depth, %.2f layers a row%n%n",
        totals.cost(),
        totals.layers());
    out.println(report.exits());
    out.println(report.skips());
    out.flush();
    return 0;
  }
}
