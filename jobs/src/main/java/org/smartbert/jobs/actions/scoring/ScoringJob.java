package org.smartbert.jobs.actions.scoring;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.actions.scoring.PriorAttempts.Interrupted;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.AppendCheck;
import org.smartbert.jobs.io.DeltaCommits;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TableCreation;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.ScoringCounters;
import org.smartbert.udfs.ScoringRequest;

/**
 * Scores an input into a Delta table in slices, one commit each. A slice holds the rows whose text
 * has a certain hash, and its commit carries the run and the slice as Delta's transaction, so that
 * a job that was killed resumes where it stopped: what is committed is neither computed nor written
 * again, and two processes that score the same run share its slices.
 */
public final class ScoringJob {
  private final JobContext context;
  private final SparkSession spark;
  private final ScoringPlan plan;
  private final RunsTable runs;
  private final SliceListener listener;
  private final PriorAttempts prior;

  public ScoringJob(JobContext context, ScoringPlan plan, RunsTable runs, SliceListener listener) {
    this.context = context;
    this.spark = context.spark();
    this.plan = plan;
    this.runs = runs;
    this.listener = listener;
    this.prior = new PriorAttempts(plan, runs, spark);
  }

  /** Is told of slices. */
  public interface SliceListener {
    SliceListener NONE = slice -> {};

    /** A slice was committed. */
    void committed(int slice);
  }

  /**
   * What a job did.
   *
   * @param rows of the input
   * @param slices that the run is cut into
   * @param notes sentences on what the user would not expect
   */
  public record Result(
      String runId, long rows, int slices, Computed computed, List<String> notes) {}

  /**
   * What an attempt computed.
   *
   * @param slices that it committed; 0 where the run was already complete
   * @param rows that its tasks scored
   * @param seconds that it took
   * @param stop where it reached the limit of its core-hours before the run was complete
   */
  public record Computed(int slices, long rows, double seconds, Optional<Stop> stop) {
    static final Computed NOTHING = new Computed(0, 0, 0, Optional.empty());
  }

  /**
   * How an attempt was stopped by its limit.
   *
   * @param slicesLeft that the same command scores when it is given again
   * @param coreHours that its tasks took
   */
  public record Stop(int slicesLeft, double coreHours) {}

  /**
   * Checks everything that can be checked before work, then scores.
   *
   * @throws InvalidInputException for input, columns and output that do not fit; no run is recorded
   * @throws FailedRunException for a run that failed, which is recorded
   */
  public Result run() {
    Optional<Interrupted> interrupted = prior.interrupted();
    InputTable.Pinned input = open(interrupted);
    input.notes().forEach(this::note);
    SliceRows rows = new SliceRows(plan, input.rows(), spark.sparkContext().defaultParallelism());
    StructType written = rows.written();
    AppendCheck output = new AppendCheck(plan.output(), spark);
    output.require(written);
    WriterKinds writers = WriterKinds.of(plan.output(), spark);
    writers.requireNoStream(plan);
    Work work = Work.of(plan, input.version());
    SliceCommits commits = SliceCommits.of(work, plan.output(), spark);
    prior.requireOwn(work, commits);
    if (commits.isEmpty()) {
      // Before the work, so that it can be stopped.
      prior.scoredBefore(work, writers).ifPresent(this::note);
    }

    List<String> notes = new ArrayList<>();
    long count = input.rows().count();
    int slices = slices(interrupted, commits, count, notes);
    List<Integer> open = commits.open(slices);
    Computed computed = Computed.NOTHING;
    if (!open.isEmpty()) {
      runs.prepare();
      output.requireWritable();
      new TableCreation(plan.output(), spark)
          .create(written, plan.destination().schema().constraints());
      prior.abandonEmpty(work);
      runs.started(start(work, slices));
      computed = scoreRecorded(rows, work, slices, count);
      notes.addAll(prior.leftovers(work.runId()));
      noteLaterRows(interrupted, work, notes);
    }
    return new Result(work.runId(), count, slices, computed, notes);
  }

  private void note(String line) {
    try (Progress progress = context.progress().start("score")) {
      progress.note(line);
    }
  }

  /** The input now, or as it was when an attempt at the same work began that did not end. */
  private InputTable.Pinned open(Optional<Interrupted> interrupted) {
    if (interrupted.isEmpty()) {
      return plan.input().open(spark);
    }
    Work work = interrupted.get().work();
    InputTable.Pinned input = plan.input().openAt(spark, work.inputVersion());
    if (!input.version().equals(work.inputVersion())) {
      throw new InvalidInputException(
          "The input %s has changed since run %s was interrupted (files are compared by name and"
              + " content, above 256 MB in all by name, length and time); restore it to finish that"
              + " run, or give a new --run-id to score it as it is now, which leaves the rows of"
              + " the interrupted run in %s.",
          plan.input().location(), work.runId(), plan.output().name());
    }
    return input;
  }

  /** The number belongs to the run: with another one its slices would be scored again. */
  private int slices(
      Optional<Interrupted> interrupted, SliceCommits commits, long rows, List<String> notes) {
    int ofRun =
        interrupted
            .map(Interrupted::slices)
            .or(commits::slices)
            .orElseGet(() -> plan.tasks().slicesFor(rows));
    if (plan.tasks().slices() > 0 && plan.tasks().slices() != ofRun) {
      notes.add(
          String.format(
              "--slices %d was ignored: this run began with %d slices and keeps them.",
              plan.tasks().slices(), ofRun));
    }
    return ofRun;
  }

  private RunsTable.Start start(Work work, int slices) {
    return new RunsTable.Start(
        work.runId(),
        "score",
        new RunsTable.Request(work.request(), plan.settings(slices)),
        new RunsTable.Source(plan.input().location(), work.inputVersion()),
        plan.output().name(),
        plan.model().version());
  }

  /** Scores; a failure is recorded, whatever class Scala code throws undeclared. */
  private Computed scoreRecorded(SliceRows rows, Work work, int slices, long count) {
    try {
      return scoreCancellably(rows, work, slices, count);
    } catch (Exception e) {
      recordFailure(work, e);
      throw ScoringFailure.of(e, work.runId(), plan.output());
    } catch (Error e) {
      recordFailure(work, e);
      throw e;
    }
  }

  private void recordFailure(Work work, Throwable failure) {
    CancellableJobs.outside(spark.sparkContext(), () -> runs.failed(work.runId(), failure));
  }

  private Computed scoreCancellably(SliceRows rows, Work work, int slices, long count) {
    CancellableJobs jobs =
        CancellableJobs.begin(
            spark.sparkContext(),
            work.runId() + "-" + UUID.randomUUID(),
            "smartbert score " + work.runId(),
            CancellableJobs.Interrupt.NOTHING);
    try {
      return score(rows, work, slices, count);
    } finally {
      jobs.close();
    }
  }

  private Computed score(SliceRows input, Work work, int slices, long rows) {
    long started = System.nanoTime();
    ScoringCounters counters = ScoringCounters.register(spark.sparkContext());
    ScoringRequest request = plan.scoringRequest(plan.exits(), work.runId());
    int committed = 0;
    Optional<Stop> stop = Optional.empty();
    try (LiveScoring live = new LiveScoring(context.progress().start("Scoring"), rows);
        CoreHourLimit limit =
            CoreHourLimit.start(plan.tasks().maxCoreHours(), spark.sparkContext())) {
      Deque<Integer> open =
          new ArrayDeque<>(SliceCommits.of(work, plan.output(), spark).open(slices));
      live.addDone(rows * (slices - open.size()) / slices);
      spark.sparkContext().addSparkListener(live);
      try {
        while (!open.isEmpty() && stop.isEmpty()) {
          int slice = open.remove();
          if (commit(input, work, slice, slices, request, counters)) {
            committed++;
            listener.committed(slice);
          }
          if (committed > 0 && !open.isEmpty() && limit.reached()) {
            stop = Optional.of(new Stop(open.size(), limit.used()));
          }
        }
      } finally {
        spark.sparkContext().removeSparkListener(live);
      }
    }
    return new Computed(
        committed, counters.rows().value(), (System.nanoTime() - started) / 1e9, stop);
  }

  /** Whether the slice was committed here; another process that scores the run may be faster. */
  private boolean commit(
      SliceRows input,
      Work work,
      int slice,
      int slices,
      ScoringRequest request,
      ScoringCounters counters) {
    boolean[] ours = new boolean[1];
    DeltaCommits.retrying(
        plan.output().name(),
        () -> {
          ours[0] = !SliceCommits.of(work, plan.output(), spark).holds(slice, slices);
          if (ours[0]) {
            String transaction = work.transaction(slice, slices);
            plan.output()
                .write(
                    input
                        .scored(slice, slices, request, counters)
                        .write()
                        .mode("append")
                        .option("txnAppId", transaction)
                        .option("txnVersion", 1)
                        .option("userMetadata", transaction));
          }
        });
    return ours[0];
  }

  /** A resumed run scored the input as it was. */
  private void noteLaterRows(Optional<Interrupted> interrupted, Work work, List<String> notes) {
    if (interrupted.isPresent()
        && !plan.input().open(spark).version().equals(work.inputVersion())) {
      notes.add(
          String.format(
              "%s has changed since run %s began; give the same command again to score it as it is"
                  + " now.",
              plan.input().location(), work.runId()));
    }
  }
}
