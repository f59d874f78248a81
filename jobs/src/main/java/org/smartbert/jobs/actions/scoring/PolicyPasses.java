package org.smartbert.jobs.actions.scoring;

import java.util.stream.DoubleStream;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.udfs.ScoringCounters;

/**
 * Scores rows of a sample again and again, into the plan's output, as a run does: to measure how
 * long a row takes when the model is loaded and the JVM is warm.
 */
final class PolicyPasses {
  private static final String WARM_UP = "warm-up";

  /** Passes after the first, which may end in the middle of the sample. */
  private static final String MORE = "more";

  /** Rows on each slot that the first pass scores; one with a large network takes a second then. */
  private static final long FIRST_ROWS = 16;

  /** Of the seconds that are measured. */
  private static final double WARM_UP_SHARE = 0.2;

  /** A pass may turn out shorter than it was meant to be. */
  private static final double ENOUGH = 0.8;

  private static final int MOST_GROWTH = 8;
  private static final int COMMITS = 3;

  private final JobContext context;
  private final ScoringPlan plan;
  private final SliceRows input;
  private final InputSample sample;

  PolicyPasses(JobContext context, ScoringPlan plan, SliceRows input, InputSample sample) {
    this.context = context;
    this.plan = plan;
    this.input = input;
    this.sample = sample;
  }

  /**
   * Rows that were scored.
   *
   * @param seconds on the clock, with the commit
   * @param taskSeconds the sum over the tasks
   */
  record Pass(long rows, double seconds, double taskSeconds) {
    double taskSecondsPerRow() {
      return taskSeconds / rows;
    }

    private long rowsIn(double time) {
      return Math.max(1, (long) (rows * time / seconds));
    }

    private Pass plus(Pass other) {
      return new Pass(rows + other.rows, seconds + other.seconds, taskSeconds + other.taskSeconds);
    }
  }

  /** The first pass, in which every executor loads the model. */
  Pass load() {
    return pass(WARM_UP, plan.exits(), FIRST_ROWS * sample.slots());
  }

  /** Seconds that a slice takes beside its rows: the median of slices with a row on each slot. */
  double commitSeconds() {
    double[] sorted =
        DoubleStream.generate(() -> pass(WARM_UP, plan.exits(), sample.slots()).seconds())
            .limit(COMMITS)
            .sorted()
            .toArray();
    return sorted[COMMITS / 2];
  }

  /**
   * Measures a policy.
   *
   * @param run the run id of the rows that the first measured pass writes: whole copies of the
   *     sample where {@code leastRows} is its size, so that shares counted over them are exact
   * @param seconds at least, about
   * @param leastRows at least, about
   */
  Pass measure(String run, ScoreRequest.Exits exits, double seconds, long leastRows) {
    Pass last = pass(WARM_UP, exits, FIRST_ROWS * sample.slots());
    double warm = seconds * WARM_UP_SHARE;
    while (last.seconds() < warm) {
      long rows = Math.max(last.rowsIn(warm / ENOUGH), 2 * last.rows());
      last = pass(WARM_UP, exits, Math.min(rows, MOST_GROWTH * last.rows()));
    }
    Pass all = pass(run, exits, Math.max(leastRows, last.rowsIn(seconds)));
    while (all.seconds() < ENOUGH * seconds) {
      all = all.plus(pass(MORE, exits, all.rowsIn(seconds - all.seconds() * ENOUGH)));
    }
    return all;
  }

  private Pass pass(String run, ScoreRequest.Exits exits, long wanted) {
    SparkContext spark = context.spark().sparkContext();
    ScoringCounters counters = ScoringCounters.register(spark);
    Dataset<Row> scored =
        input.scored(sample.rows(wanted), plan.scoringRequest(exits, run), counters);
    try (LiveScoring live =
        new LiveScoring(context.progress().start("Measuring: " + run), wanted)) {
      spark.addSparkListener(live);
      try {
        TaskTime.Metered<Long> metered =
            TaskTime.during(
                spark,
                () -> {
                  plan.output().write(scored.write().mode("append"));
                  return counters.rows().value();
                });
        return new Pass(metered.value(), metered.seconds(), metered.taskSeconds());
      } finally {
        spark.removeSparkListener(live);
      }
    }
  }
}
