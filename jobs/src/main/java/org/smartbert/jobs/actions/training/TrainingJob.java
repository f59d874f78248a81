package org.smartbert.jobs.actions.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.history.TrainingMetricsTable;
import org.smartbert.jobs.sync.RunSecret;
import org.smartbert.model.training.TrainingEvent;

/**
 * Trains a model in a barrier stage of as many tasks as there are workers: the driver watches,
 * records, follows a broken attempt by another, and gives the finished directory its name.
 */
public final class TrainingJob {
  private static final String INTERRUPT = "spark.job.interruptOnCancel";

  /** How long a lost executor's successor is waited for. */
  private static final Duration REPLACEMENT = Duration.ofMinutes(3);

  private final JobContext context;
  private final SparkSession spark;
  private final TrainingPlan plan;
  private final ExecutorWatch watch;
  private final RunsTable runs;
  private final TrainingMetricsTable metrics;

  public TrainingJob(JobContext context, TrainingPlan plan, ExecutorWatch watch) {
    this.context = context;
    this.spark = context.spark();
    this.plan = plan;
    this.watch = watch;
    this.runs = new RunsTable(spark, context.tablesRoot());
    this.metrics = new TrainingMetricsTable(spark, context.tablesRoot());
  }

  /** What a training run did; {@code last} is the finished model on the validation rows. */
  public record Result(
      long trainRows,
      long validationRows,
      double seconds,
      double learningRate,
      TrainingEvent.Validation stageOne,
      TrainingEvent.Validation last) {}

  /**
   * Trains. A broken attempt is followed by another from the last checkpoint.
   *
   * @param rows (first STRING, second STRING, label INT, validation BOOLEAN)
   * @param source where they come from, for the runs table
   */
  public Result run(Dataset<Row> rows, String source, String sourceVersion) {
    WorkerSlots slots = new WorkerSlots(spark.sparkContext(), plan.workers().device());
    slots.require(plan.workers().count(), watch.lostOne() ? REPLACEMENT : Duration.ZERO);
    CheckpointFolder checkpoints =
        new CheckpointFolder(plan.checkpoints(), spark.sparkContext().hadoopConfiguration());
    checkpoints.latest(plan.request());
    runs.started(
        new RunsTable.Start(
            plan.runId(),
            "train",
            plan.request(),
            Map.of(
                "method", plan.mechanism().method().word(),
                "settings", plan.settings().toString(),
                "workers", Integer.toString(plan.workers().count()),
                "backbone", plan.backbone()),
            source,
            sourceVersion,
            plan.output(),
            null));
    long started = System.nanoTime();
    Attempt done;
    try {
      done = attempts(rows, slots, checkpoints);
    } catch (RuntimeException e) {
      runs.failed(plan.runId());
      throw e;
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    // The model first: whatever happens to the tables, hours of work have their name.
    ModelPlace.rename(plan, spark.sparkContext().hadoopConfiguration());
    metrics.append(plan.runId(), done.events());
    Result result = result(done, seconds);
    runs.finished(
        plan.runId(),
        new RunsTable.End(
            result.trainRows(),
            0,
            seconds,
            result.trainRows() / seconds,
            null,
            null,
            result.last().accuracy()));
    return result;
  }

  private record Attempt(List<TrainingTask.Counts> counts, List<TrainingEvent> events) {}

  private Attempt attempts(Dataset<Row> rows, WorkerSlots slots, CheckpointFolder checkpoints) {
    JavaRDD<Row> dealt =
        DistributedRows.deal(
            rows, plan.settings().optimisation().batchSize(), plan.workers().count());
    // Else the workers that survive a lost one would be waited for, and not told.
    spark.sparkContext().setLocalProperty(INTERRUPT, "true");
    try (LiveTraining live = new LiveTraining(context.progress().start("Training"), plan)) {
      spark.sparkContext().addSparkListener(live);
      try {
        for (int attempt = 0; ; attempt++) {
          String checkpoint = checkpoints.latest(plan.request()).orElse(null);
          if (checkpoint != null) {
            live.note("Going on from checkpoint " + checkpoint + " (stage-trial-step).");
          }
          try {
            return attempt(dealt, slots, checkpoint, live);
          } catch (SparkException | RuntimeException e) {
            AttemptFailure failure = AttemptFailure.of(e);
            if (failure.isFinal() || attempt >= plan.workers().retries()) {
              throw failure.exception(attempt);
            }
            live.note(
                String.format(
                    "An attempt broke: %s Retry %d of %d.",
                    failure.reason(), attempt + 1, plan.workers().retries()));
            List<String> replaced = watch.replaceSilent(plan.workers().ring().peerTimeout());
            if (!replaced.isEmpty()) {
              live.note("Replaced executors that fell silent: " + String.join(", ", replaced));
            }
            slots.require(plan.workers().count(), REPLACEMENT);
          }
        }
      } finally {
        spark.sparkContext().removeSparkListener(live);
        spark.sparkContext().setLocalProperty(INTERRUPT, null);
      }
    }
  }

  private Attempt attempt(
      JavaRDD<Row> rows, WorkerSlots slots, String checkpoint, LiveTraining live)
      throws SparkException {
    TrainingEvents events = new TrainingEvents();
    spark.sparkContext().register(events, LiveTraining.ACCUMULATOR);
    TrainingTask task = new TrainingTask(plan, events, RunSecret.draw(), checkpoint);
    List<TrainingTask.Counts> counts =
        BarrierStage.run(rows, slots.profile(), task::run, TrainingTask.Counts.class);
    live.show(events.value());
    return new Attempt(counts, events.value());
  }

  private Result result(Attempt done, double seconds) {
    List<TrainingEvent.Validation> validations = new ArrayList<>();
    done.events()
        .forEach(
            event -> {
              if (event instanceof TrainingEvent.Validation v) {
                validations.add(v);
              }
            });
    TrainingEvent.Validation stageOne =
        validations.stream()
            .filter(v -> v.stage() == 1 && v.best())
            .reduce((a, b) -> b)
            .orElseThrow();
    return new Result(
        done.counts().stream().mapToLong(TrainingTask.Counts::trained).sum(),
        done.counts().stream().mapToLong(TrainingTask.Counts::validated).sum(),
        seconds,
        plan.settings().optimisation().learningRates().get(stageOne.trial() - 1),
        stageOne,
        plan.mechanism().exits() ? validations.get(validations.size() - 1) : stageOne);
  }
}
