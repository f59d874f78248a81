package org.smartbert.bench.rivals;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.actions.run.ProgressDisplay;
import org.smartbert.jobs.io.Causes;
import org.smartbert.model.InvalidInputException;

/** The same Spark job with every rival: the same session, cores and rows. */
final class Comparison {
  private final SparkSession spark;
  private final ProgressDisplay display;

  Comparison(SparkSession spark, ProgressDisplay display) {
    this.spark = spark;
    this.display = display;
  }

  /**
   * What is compared.
   *
   * @param models folder of the trained models; created where it is missing
   * @param rivals their names
   */
  record Request(
      TaskRows.Source source, Path models, Recipe recipe, List<String> rivals, Timing timing) {}

  /**
   * How it is timed.
   *
   * @param rows of a pass, at least: the test rows, repeated
   * @param rounds timed passes of each rival
   * @param cores task slots of the session
   * @param pricePerCoreHour in any currency
   */
  record Timing(long rows, int rounds, int cores, double pricePerCoreHour) {
    Timing {
      if (rows < 1 || rounds < 1 || cores < 1 || !(pricePerCoreHour >= 0)) {
        throw new InvalidInputException(
            "--rows is %d, --rounds %d, --cores %d and --price-per-core-hour %s; the first three"
                + " must be 1 or more, and the price 0 or more.",
            rows, rounds, cores, pricePerCoreHour);
      }
    }
  }

  /** What came of it, in the order of the rivals. */
  record Result(Conditions conditions, List<Outcome> outcomes) {
    /** Whether a rival failed. */
    boolean hasFailures() {
      return outcomes.stream().anyMatch(Outcome.Failed.class::isInstance);
    }
  }

  /**
   * Trains what is missing, judges every rival on the test rows, then times them in alternation. A
   * rival that fails is an outcome, and the others go on.
   *
   * @throws InvalidInputException for rows that do not fit
   */
  Result run(Request request) {
    try (Progress progress = display.start("Rivals")) {
      TaskRows rows = TaskRows.prepare(spark, request.source(), request.models().resolve("rows"));
      JobContext context =
          new JobContext(spark, request.models().resolve("tables").toString(), display);
      Models models = new Models(context, request.models(), rows, request.recipe());
      Map<String, Outcome> failed = new HashMap<>();
      List<Ready> ready = new ArrayList<>();
      for (String name : request.rivals()) {
        progress.note("making " + name);
        try {
          ready.add(Ready.of(RivalList.of(List.of(name), models).get(0), rows));
        } catch (Exception | LinkageError e) {
          failed.put(name, new Outcome.Failed(name, sentence(e)));
          progress.note(name + " failed: " + sentence(e));
        }
      }
      return timed(request, rows, ready, failed, progress);
    }
  }

  private Result timed(
      Request request,
      TaskRows rows,
      List<Ready> ready,
      Map<String, Outcome> failed,
      Progress progress) {
    Timing timing = request.timing();
    long count = rows.writeRepeated(timing.rows(), timing.cores());
    String input = rows.repeated();
    Map<String, Rounds.Times> times =
        new Rounds(timing.rounds(), progress::note)
            .time(ready.stream().map(one -> one.over(spark, input)).toList());
    Map<String, Outcome> outcomes = new HashMap<>(failed);
    for (Ready one : ready) {
      Rounds.Times time = times.get(one.name());
      outcomes.put(
          one.name(),
          time.failure() == null
              ? one.measured(time)
              : new Outcome.Failed(one.name(), sentence(time.failure())));
    }
    Conditions conditions =
        new Conditions(
            Instant.now(),
            new Conditions.Files(request.source().train(), request.source().test()),
            rows.rows(TaskRows.Part.TEST).count(),
            new Conditions.Machine(
                spark.sparkContext().master(), timing.cores(), count, timing.rounds()),
            timing.pricePerCoreHour());
    return new Result(conditions, request.rivals().stream().map(outcomes::get).toList());
  }

  /** A rival that was judged and is to be timed. */
  private record Ready(String name, Rival.Fitted fitted, TestAccuracy accuracy) {
    static Ready of(Rival rival, TaskRows rows) throws Exception {
      Rival.Fitted fitted = rival.fit(rows);
      Dataset<Row> scored = fitted.score(rows.rows(TaskRows.Part.TEST));
      return new Ready(rival.name(), fitted, TestAccuracy.of(scored, rows.labels()));
    }

    Rounds.Arm over(SparkSession spark, String input) {
      return new Pass(name, fitted, spark, input);
    }

    Outcome measured(Rounds.Times times) {
      return new Outcome.Measured(
          name, fitted.detail(), accuracy.scores(), accuracy.notScored(), times);
    }
  }

  /** One pass: Parquet to a sink that takes every column of every row and keeps nothing. */
  private record Pass(String name, Rival.Fitted fitted, SparkSession spark, String input)
      implements Rounds.Arm {
    @Override
    public void run() {
      fitted.score(spark.read().parquet(input)).write().format("noop").mode("overwrite").save();
    }
  }

  /** The project's own sentence, or what the innermost exception says. */
  private static String sentence(Throwable failure) {
    List<Throwable> causes = Causes.of(failure);
    return Causes.own(failure)
        .map(RuntimeException::getMessage)
        .orElseGet(() -> String.valueOf(causes.get(causes.size() - 1)))
        .lines()
        .findFirst()
        .orElse("");
  }
}
