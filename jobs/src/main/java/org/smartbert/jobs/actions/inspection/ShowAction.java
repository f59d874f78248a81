package org.smartbert.jobs.actions.inspection;

import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.smartbert.jobs.actions.inspection.ScoringRun.Identity;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.actions.scoring.ScoringReport;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.Names;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.InvalidInputException;

/** Looks up scoring runs. */
public record ShowAction(JobContext context) {
  /**
   * A scoring run.
   *
   * @param runId empty for the last one that finished
   * @param prefix of its prediction columns, for runs that did not record theirs; else empty
   * @throws InvalidInputException if there is no such run
   */
  public ScoringRun run(Optional<String> runId, String prefix) {
    RunsTable runs = new RunsTable(context.spark(), context.tablesRoot());
    Row run =
        runs.find(runId.orElse(null))
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "%s has no %s; run score first, or give --tables-root.",
                        runs.location().name(),
                        runId.map(id -> "run " + id).orElse("finished scoring run")));
    if (!run.<String>getAs("command").equals("score")) {
      throw new InvalidInputException(
          "Run %s is a %s run; show needs a scoring run.",
          run.<String>getAs("run_id"), run.<String>getAs("command"));
    }
    Map<String, String> settings = run.getJavaMap(run.fieldIndex("settings"));
    TableLocation table = TableLocation.parse(run.<String>getAs("output"), context.spark());
    ScoringReport report =
        new ScoringReport(
            context.spark(), table, run.getAs("run_id"), prefix(runId(run), settings, prefix));
    return new ScoringRun(
        new Identity(
            run.getAs("run_id"),
            run.getAs("status"),
            run.getAs("input"),
            run.getAs("input_version"),
            run.getAs("output"),
            run.getAs("model_version")),
        settings,
        end(run),
        report.totals(),
        report.exits(),
        report.skips());
  }

  private static String runId(Row run) {
    return run.getAs("run_id");
  }

  /** The run's own prefix; runs of earlier versions did not record theirs. */
  private static String prefix(String runId, Map<String, String> settings, String given) {
    String recorded = settings.get(ScoringPlan.PREFIX);
    if (recorded == null) {
      return given;
    }
    if (!given.isEmpty() && !given.equals(recorded)) {
      throw new InvalidInputException(
          "The prediction columns of run %s have the prefix %s; omit --prefix, or give that one.",
          runId, Names.quoted(recorded));
    }
    return recorded;
  }

  private static Optional<ScoringRun.End> end(Row run) {
    return run.isNullAt(run.fieldIndex("rows"))
        ? Optional.empty()
        : Optional.of(
            new ScoringRun.End(
                run.<Long>getAs("rows"),
                run.<Long>getAs("error_rows"),
                Optional.ofNullable(run.<Double>getAs("seconds"))
                    .map(s -> new ScoringRun.Speed(s, run.<Double>getAs("rows_per_second")))));
  }
}
