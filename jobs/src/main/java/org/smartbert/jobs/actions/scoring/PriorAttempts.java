package org.smartbert.jobs.actions.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.model.InvalidInputException;

/** What earlier calls left behind: runs that did not end, and rows of theirs. */
record PriorAttempts(ScoringPlan plan, RunsTable runs, SparkSession spark) {

  /**
   * A run of the same request that committed some of its slices and not all.
   *
   * @param slices that it was cut into
   */
  record Interrupted(Work work, int slices) {}

  /**
   * The run to resume. A run whose rows are all there, and whose row in {@code runs} alone is
   * missing its end, is completed here: it must not keep later rows from being scored.
   */
  Optional<Interrupted> interrupted() {
    for (Row row : runs.allUnfinished(plan.request())) {
      Work work = Work.of(plan, row.<String>getAs("input_version"));
      SliceCommits commits = SliceCommits.of(work, plan.output(), spark);
      // Where nothing is committed nothing binds the next attempt to this one.
      if (commits.isEmpty()) {
        continue;
      }
      int slices = slices(row).or(commits::slices).orElseThrow();
      if (!commits.open(slices).isEmpty()) {
        return Optional.of(new Interrupted(work, slices));
      }
      complete(work);
    }
    return Optional.empty();
  }

  /** Records the end of a run whose rows are all in the output. */
  private void complete(Work work) {
    ScoringReport.Totals totals =
        new ScoringReport(spark, plan.output(), work.runId(), plan.destination().schema().prefix())
            .totals();
    runs.finished(
        work.runId(),
        new RunsTable.End(
            totals.rows(),
            totals.errors(),
            Optional.empty(),
            Optional.of(totals.compute()),
            OptionalDouble.empty()));
  }

  private static Optional<Integer> slices(Row run) {
    Map<String, String> settings = run.getJavaMap(run.fieldIndex("settings"));
    return Optional.ofNullable(settings.get(ScoringPlan.SLICES)).map(Integer::valueOf);
  }

  /**
   * Refuses a run id that names other work: its rows could not be told from this run's.
   *
   * @throws InvalidInputException if the table or the runs know the id
   */
  void requireOwn(Work work, SliceCommits commits) {
    if (commits.foreign().isPresent()) {
      throw taken(work, "the table " + plan.output().name() + " holds rows of it");
    }
    Optional<Row> known = runs.find(work.runId());
    if (known.isEmpty()) {
      return;
    }
    Row run = known.get();
    if (!run.<String>getAs("command").equals("score")) {
      throw taken(work, "it names a " + run.<String>getAs("command") + " run");
    }
    boolean same =
        work.request().equals(run.getAs("request"))
            && work.inputVersion().equals(run.getAs("input_version"));
    if (!same && run.<String>getAs("status").equals("finished")) {
      throw taken(
          work,
          "it finished on version "
              + run.<String>getAs("input_version")
              + " of the input "
              + run.<String>getAs("input"));
    }
  }

  private static InvalidInputException taken(Work work, String why) {
    return new InvalidInputException(
        "The run id %s belongs to other settings or another version of the input (%s), and nothing"
            + " was scored; give another --run-id, or none to have one made from them.",
        work.runId(), why);
  }

  /** What is to be told of rows of other versions of the input, which are there again soon. */
  Optional<String> scoredBefore(Work work, WriterKinds writers) {
    List<Row> earlier =
        runs.finishedInto(plan.output().name()).stream()
            .filter(run -> plan.input().location().equals(run.getAs("input")))
            .filter(run -> plan.model().version().equals(run.getAs("model_version")))
            .filter(run -> !work.inputVersion().equals(run.getAs("input_version")))
            // The table may be another one than then.
            .filter(run -> writers.holds(run.getAs("run_id")))
            .toList();
    if (earlier.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s already holds %,d rows that the model version %s predicted for another version of"
                + " %s; all rows of the input are scored again and appended. To score only rows"
                + " that are new, give another --output, with a Delta table or a folder as"
                + " --input.",
            plan.output().name(),
            earlier.stream().mapToLong(run -> run.<Long>getAs("rows")).sum(),
            plan.model().version(),
            plan.input().location()));
  }

  /** What is to be told of rows that unfinished runs left in the output. */
  List<String> leftovers(String ownRunId) {
    List<String> notes = new ArrayList<>();
    for (Row row : runs.unfinishedInto(plan.output().name())) {
      String other = row.getAs("run_id");
      if (other.equals(ownRunId) || !row.<String>getAs("command").equals("score")) {
        continue;
      }
      Map<String, String> settings = row.getJavaMap(row.fieldIndex("settings"));
      String prefix =
          settings.getOrDefault(ScoringPlan.PREFIX, plan.destination().schema().prefix());
      long rows = new ScoringReport(spark, plan.output(), other, prefix).rows();
      if (rows > 0) {
        notes.add(
            String.format(
                "%s also holds %d rows of run %s, which did not finish; unless it is still running,"
                    + " remove them with: DELETE FROM %s WHERE %s",
                plan.output().name(),
                rows,
                other,
                plan.output().sql(),
                ScoringReport.condition(prefix, other)));
      }
    }
    return notes;
  }

  /** Runs that never wrote a row and will not be resumed are not left as running. */
  void abandonEmpty(Work own) {
    for (Row row : runs.allUnfinished(plan.request())) {
      String other = row.getAs("run_id");
      if (!other.equals(own.runId()) && row.<String>getAs("status").equals("running")) {
        runs.failed(other);
      }
    }
  }
}
