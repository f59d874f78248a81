package org.smartbert.jobs.actions.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.AppendCheck;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TableCreation;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.inference.Gates;

/** The measurements of one plan: the parts of a scoring run, each timed. */
final class PlanRun {
  private static final ScoreRequest.Exits FULL_DEPTH = new ScoreRequest.Exits(0, Gates.OFF);

  /** Rows on each slot that full depth is measured with, at least; the policy gets the sample. */
  private static final long LEAST_ROWS = 50;

  /** Run ids in the scratch tables. */
  private static final String FULL = "full depth";

  private static final String REQUESTED = "requested policy";

  private final JobContext context;
  private final SparkContext spark;
  private final PlanRequest request;
  private final ScratchTables scratch;
  private final ScoringPlan plan;
  private final InputTable.Pinned input;
  private final SliceRows rows;
  private final double opened;

  /** Opens model and input as {@code score} does. */
  PlanRun(JobContext context, PlanRequest request, ScratchTables scratch) {
    long began = System.nanoTime();
    this.context = context;
    this.spark = context.spark().sparkContext();
    this.request = request;
    this.scratch = scratch;
    this.plan = new ScoreAction(context).plan(request.into(scratch.scored()));
    this.input = plan.input().open(context.spark());
    try (Progress progress = context.progress().start("plan")) {
      input.notes().forEach(progress::note);
    }
    this.rows = new SliceRows(plan, input.rows(), spark.defaultParallelism());
    new AppendCheck(plan.output(), context.spark()).require(rows.written());
    this.opened = (System.nanoTime() - began) / 1e9;
  }

  ScoringForecast forecast() {
    TaskTime.Metered<Long> count = shown("counting the rows", input.rows()::count);
    requireRows(count.value());
    try (InputSample sample = shown("reading a sample", () -> draw(count.value())).value()) {
      requireRows(sample.size());
      double started = shown("creating tables", this::start).seconds();
      PolicyPasses passes = new PolicyPasses(context, plan, rows, sample);
      PolicyPasses.Pass load = passes.load();
      double seconds = request.effort().seconds();
      PolicyPasses.Pass full =
          passes.measure(FULL, FULL_DEPTH, seconds, LEAST_ROWS * sample.slots());
      PolicyPasses.Pass asked = passes.measure(REQUESTED, plan.exits(), seconds, sample.size());
      double commit = passes.commitSeconds();
      TaskTime.Metered<ScoringReport> end = shown("reading the result", this::end);
      ScoringReport.Totals totals = end.value().totals();
      requireScored(totals, sample.size());
      PolicyForecast run =
          new PolicyForecast(
              count.value(),
              division(count.value(), sample),
              new ScoringForecast.Overheads(
                  opened + count.seconds(),
                  count.taskSeconds(),
                  Math.max(0, load.seconds() - commit),
                  sample.readTaskSeconds(),
                  commit,
                  started + end.seconds()));
      return new ScoringForecast(
          described(count.value(), sample, end.value()),
          run.division(),
          run.overheads(),
          run.of(FULL_DEPTH, full, report(FULL).totals()),
          run.of(plan.exits(), asked, totals),
          notes());
    }
  }

  private <T> TaskTime.Metered<T> shown(String step, Supplier<T> work) {
    try (Progress progress = context.progress().start("Planning")) {
      progress.show(0, 1, step);
      return TaskTime.during(spark, work);
    }
  }

  private InputSample draw(long count) {
    double share = (double) request.effort().sampleRows() / count;
    return InputSample.of(rows.forScoring(), share, slots());
  }

  private void requireRows(long count) {
    if (count == 0) {
      throw new InvalidInputException(
          "The input %s has no rows, so that there is nothing to plan; give one with rows.",
          plan.input().location());
    }
  }

  private void requireScored(ScoringReport.Totals totals, long drawn) {
    if (totals.errors() == totals.rows()) {
      throw new InvalidInputException(
          "None of the %d rows that were drawn from %s can be scored: their %s is null, or their"
              + " records are malformed; give a larger --sample-rows or another --text-column.",
          drawn, plan.input().location(), plan.texts().textColumn());
    }
  }

  /** Tasks that Spark runs at once; what is configured where no executor has come yet. */
  private int slots() {
    int now = spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
    return now > 0 ? now : spark.defaultParallelism();
  }

  /** As a run starts. */
  private RunsTable start() {
    RunsTable runs = scratch.runs();
    runs.prepare();
    new AppendCheck(plan.output(), context.spark()).requireWritable();
    new TableCreation(plan.output(), context.spark())
        .create(rows.written(), plan.destination().schema().constraints());
    runs.started(
        new RunsTable.Start(
            REQUESTED,
            "score",
            new RunsTable.Request(plan.request(), plan.settings(1)),
            new RunsTable.Source(plan.input().location(), input.version()),
            plan.output().name(),
            plan.model().version()));
    return runs;
  }

  /** As a run ends: its report, and the end of its row. */
  private ScoringReport end() {
    ScoringReport report = report(REQUESTED);
    ScoringReport.Totals totals = report.totals();
    report.exits();
    scratch
        .runs()
        .finished(
            REQUESTED,
            new RunsTable.End(
                totals.rows(),
                totals.errors(),
                Optional.empty(),
                Optional.of(totals.compute()),
                OptionalDouble.empty()));
    return report;
  }

  private ScoringReport report(String run) {
    return new ScoringReport(
        context.spark(), plan.output(), run, plan.destination().schema().prefix());
  }

  private ScoringForecast.Division division(long count, InputSample sample) {
    int slots = sample.slots();
    double readSpan = SlotLoad.longest(sample.partitionShares(), slots);
    OptionalInt shuffled = rows.shuffledTo();
    return new ScoringForecast.Division(
        plan.tasks().slicesFor(count),
        slots,
        TaskTime.coresPerTask(spark),
        readSpan,
        shuffled.isPresent() ? SlotLoad.longest(shuffled.getAsInt(), slots) : readSpan);
  }

  private ScoringForecast.Input described(long count, InputSample sample, ScoringReport report) {
    ScoringReport.Totals totals = report.totals();
    long scored = totals.rows() - totals.errors();
    return new ScoringForecast.Input(
        count,
        sample.size(),
        sample.repeated(rows.texts()),
        (double) totals.errors() / totals.rows(),
        new ScoringForecast.Tokens(
            report.lengths(), (double) totals.truncated() / scored, plan.model().maxTokens()));
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (spark.conf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      notes.add(
          "spark.dynamicAllocation.enabled is true: the times are for the task slots that there"
              + " were while it was measured; core-hours do not depend on them.");
    }
    return notes;
  }
}
