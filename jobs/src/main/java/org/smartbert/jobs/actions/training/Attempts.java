package org.smartbert.jobs.actions.training;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.sync.RunSecret;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.training.TrainingEvent;

/** A run's attempts, each from the last checkpoint, until one ends with a model. */
final class Attempts {
  /** How long cancelled tasks may take to save where they stand. */
  private static final Duration STOPPING = Duration.ofSeconds(20);

  /** How long a lost executor's successor is waited for. */
  static final Duration REPLACEMENT = Duration.ofMinutes(3);

  private final SparkSession spark;
  private final TrainingPlan plan;
  private final ExecutorWatch watch;
  private final WorkerSlots slots;
  private final CheckpointFolder checkpoints;
  private final double secondsBefore;

  /**
   * Reads where the run stands.
   *
   * @throws org.smartbert.model.InvalidInputException if its checkpoints were made for another
   *     request
   */
  Attempts(
      SparkSession spark,
      TrainingPlan plan,
      ExecutorWatch watch,
      WorkerSlots slots,
      CheckpointFolder checkpoints) {
    this.spark = spark;
    this.plan = plan;
    this.watch = watch;
    this.slots = slots;
    this.checkpoints = checkpoints;
    this.secondsBefore = latest().map(checkpoints::seconds).orElse(0.0);
  }

  /**
   * What the last attempt did.
   *
   * @param seconds of the whole run: up to the checkpoint that this command resumed from, and since
   */
  record Done(List<TrainingTask.Counts> counts, List<TrainingEvent> events, double seconds) {}

  private Optional<String> latest() {
    return checkpoints.latest(plan.run().identity());
  }

  Done run(Dataset<Row> rows, LiveTraining live) {
    long started = System.nanoTime();
    // Interrupted, else the workers that survive a lost one would be waited for, and not told.
    CancellableJobs jobs =
        CancellableJobs.begin(
            spark.sparkContext(),
            plan.run().id(),
            "smartbert " + plan.run().command() + " " + plan.run().id(),
            CancellableJobs.Interrupt.THREADS);
    try {
      JavaRDD<Row> distributed =
          DistributedRows.distribute(
              rows, plan.settings().optimisation().batchSize(), plan.workers().count());
      spark.sparkContext().addSparkListener(live);
      Retries retries = new Retries(plan.workers().retries());
      while (true) {
        checkpoints.removeUnfinished();
        Optional<String> checkpoint = latest();
        checkpoint.ifPresent(
            name -> live.note("Resuming from checkpoint " + name + " (stage-trial-step)."));
        if (checkpoint.isEmpty() && checkpoints.holdsAny()) {
          live.note(
              "Warning: every checkpoint in "
                  + plan.checkpoints()
                  + " is damaged, as the log says; training starts from the beginning.");
        }
        try {
          return attempt(distributed, checkpoint.orElse(null), live, started);
        } catch (SparkException | RuntimeException e) {
          AttemptFailure failure = AttemptFailure.of(e);
          Optional<String> next =
              failure.isFinal() ? Optional.empty() : retries.next(failure, checkpoint, latest());
          if (next.isEmpty()) {
            throw ended(failure, retries.used());
          }
          live.note(next.get());
          List<String> replaced = watch.replaceSilent(plan.workers().ring().peerTimeout());
          if (!replaced.isEmpty()) {
            live.note("Replaced executors that stopped responding: " + String.join(", ", replaced));
          }
          slots.require(plan.workers().count(), REPLACEMENT);
        }
      }
    } finally {
      jobs.close();
      spark.sparkContext().removeSparkListener(live);
    }
  }

  private Done attempt(JavaRDD<Row> rows, String checkpoint, LiveTraining live, long started)
      throws SparkException {
    TrainingEvents events = new TrainingEvents();
    spark.sparkContext().register(events, LiveTraining.ACCUMULATOR);
    TrainingTask task =
        new TrainingTask(plan, events, RunSecret.draw(), checkpoint, seconds(started));
    List<TrainingTask.Counts> counts =
        BarrierStage.run(rows, slots.profile(), task::run, TrainingTask.Counts.class);
    live.show(events.value());
    return new Done(counts, events.value(), seconds(started));
  }

  private double seconds(long started) {
    return secondsBefore + (System.nanoTime() - started) / 1e9;
  }

  /** What the command ends with that was cancelled before the first attempt. */
  RuntimeException ended(AttemptFailure failure) {
    return ended(failure, 0);
  }

  private RuntimeException ended(AttemptFailure failure, int retries) {
    if (failure.kind() == AttemptFailure.Kind.DIVERGED) {
      // The same settings would diverge again, and other settings are another run.
      checkpoints.discard();
    }
    if (failure.kind() != AttemptFailure.Kind.CANCELLED) {
      return failure.exception(retries);
    }
    slots.awaitIdle(STOPPING);
    String why = CancellableJobs.cancelReason().orElse("its Spark job was cancelled");
    return new FailedRunException(
        latest()
            .map(
                name ->
                    String.format(
                        Locale.ROOT,
                        "Training was stopped, because %s; the same command resumes from checkpoint"
                            + " %s (stage-trial-step).",
                        why,
                        name))
            .orElse(
                String.format(
                    Locale.ROOT,
                    "Training was stopped before its first step, because %s; the same command"
                        + " starts it again.",
                    why)),
        failure.cause());
  }
}
