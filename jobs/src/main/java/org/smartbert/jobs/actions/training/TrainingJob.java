package org.smartbert.jobs.actions.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.history.TrainingMetricsTable;
import org.smartbert.jobs.io.LearnedRows;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.training.Purpose;
import org.smartbert.model.training.TrainingEvent;

/**
 * Trains a model in a barrier stage of as many tasks as there are workers: the driver watches,
 * records, follows a broken attempt by another, and gives the finished directory its name.
 */
public final class TrainingJob {
  private static final String SECRET_IN_CLEAR =
      "Warning: the key of the workers' encrypted connections is sent unencrypted through Spark's"
          + " RPC; set spark.authenticate and spark.network.crypto.enabled, or"
          + " spark.ssl.rpc.enabled.";

  /** How long executors that have not registered yet are waited for. */
  private static final Duration REGISTRATION = Duration.ofSeconds(15);

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

  /**
   * What a training run did.
   *
   * @param seconds that the run took, those of attempts before a resumption with it
   * @param stageOne the best state of stage 1 on the validation rows; {@code last} without a stage
   *     1
   * @param last the finished model on the validation rows
   */
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
   * @param finished told the directory of the whole model, before that gets its name
   */
  public Result run(
      Dataset<Row> rows, String source, TrainingInputs inputs, Consumer<String> finished) {
    WorkerSlots slots = new WorkerSlots(spark.sparkContext(), plan.workers().device());
    slots.require(plan.workers().count(), executorPatience());
    Attempts attempts =
        new Attempts(
            spark, plan, watch, slots, new CheckpointFolder(plan.checkpoints(), context.hadoop()));
    runs.started(start(source, inputs));
    Attempts.Done done;
    // A SparkException is checked, and comes undeclared out of Scala.
    try (LiveTraining live = new LiveTraining(context.progress().start("Training"), plan)) {
      inputs.notes().forEach(live::note);
      if (plan.workers().sendsSecretInClear(spark.sparkContext().getConf())) {
        live.note(SECRET_IN_CLEAR);
      }
      done = attempts.run(rows, live);
      noteRows(rows, done.counts(), live);
      finished.accept(plan.temporary());
      // The model first: whatever happens to the tables, hours of work have their name.
      ModelCommit.rename(plan, context.hadoop());
    } catch (Exception e) {
      AttemptFailure failure = AttemptFailure.of(e);
      // Cancelled before the attempts, while the rows were dealt.
      throw recorded(failure.kind() == AttemptFailure.Kind.CANCELLED ? attempts.ended(failure) : e);
    }
    Result result = result(done);
    try {
      CancellableJobs.outside(spark.sparkContext(), () -> record(result, done));
    } catch (Exception e) {
      throw new FailedRunException(
          "The model "
              + plan.output()
              + " is complete, and the tables runs and training_metrics could not be written: "
              + AttemptFailure.of(e).reason(),
          e);
    }
    return result;
  }

  /** Which rows the model knows, for whoever needs rows that it does not. */
  private void noteRows(Dataset<Row> rows, List<TrainingTask.Counts> counts, LiveTraining live) {
    long all = counts.stream().mapToLong(count -> count.trained() + count.validated()).sum();
    if (all > LearnedRows.MOST_ROWS) {
      live.note(
          String.format(
              Locale.ROOT,
              "More than %,d rows: the model does not note which ones it learned from.",
              LearnedRows.MOST_ROWS));
      return;
    }
    LearnedRows.handOn(plan.network().backbone(), plan.temporary(), context.hadoop());
    LearnedRows.write(rows, plan.temporary(), context.hadoop());
  }

  /** Executors of a cluster register one by one, and a lost one is replaced. */
  private Duration executorPatience() {
    Duration registration = spark.sparkContext().isLocal() ? Duration.ZERO : REGISTRATION;
    return watch.lostOne() ? Attempts.REPLACEMENT : registration;
  }

  private void record(Result result, Attempts.Done done) {
    metrics.append(plan.run().id(), done.events());
    double rowsPerSecond = result.trainRows() / result.seconds();
    runs.finished(
        plan.run().id(),
        new RunsTable.End(
            result.trainRows(),
            0,
            Optional.of(new RunsTable.Timing(result.seconds(), rowsPerSecond)),
            Optional.empty(),
            plan.network().purpose() == Purpose.CONVERSION
                ? OptionalDouble.empty()
                : OptionalDouble.of(result.last().scores().accuracy())));
  }

  private RunsTable.Start start(String source, TrainingInputs inputs) {
    Map<String, String> settings = new HashMap<>();
    settings.put("method", plan.network().mechanism().method().id());
    settings.put("settings", plan.settings().toString());
    settings.put("workers", Integer.toString(plan.workers().count()));
    settings.put("backbone", plan.network().backbone());
    inputs
        .validation()
        .ifPresent(table -> settings.put(TrainingInputs.VALIDATION_VERSION, table.version()));
    return new RunsTable.Start(
        plan.run().id(),
        plan.run().command(),
        new RunsTable.Request(plan.run().request(), settings),
        new RunsTable.Source(source, inputs.train().version()),
        plan.output(),
        null);
  }

  /** Records the failure; returns what the command ends with. */
  private RuntimeException recorded(Exception e) {
    RuntimeException failure =
        e instanceof RuntimeException known
            ? known
            : new FailedRunException(
                "The training rows could not be read: " + AttemptFailure.of(e).reason(), e);
    CancellableJobs.outside(spark.sparkContext(), () -> runs.failed(plan.run().id(), failure));
    return failure;
  }

  private Result result(Attempts.Done done) {
    List<TrainingEvent.Validation> validations = new ArrayList<>();
    done.events()
        .forEach(
            event -> {
              if (event instanceof TrainingEvent.Validation v) {
                validations.add(v);
              }
            });
    Optional<TrainingEvent.Validation> stageOne =
        validations.stream().filter(v -> v.stage() == 1 && v.best()).reduce((a, b) -> b);
    TrainingEvent.Validation last =
        validations.stream()
            .filter(v -> v.stage() == 2)
            .reduce((a, b) -> b)
            // A network of one layer has no second stage.
            .or(() -> stageOne)
            .orElseThrow();
    return new Result(
        done.counts().stream().mapToLong(TrainingTask.Counts::trained).sum(),
        done.counts().stream().mapToLong(TrainingTask.Counts::validated).sum(),
        done.seconds(),
        plan.settings().optimisation().rates().peaks().get(stageOne.orElse(last).trial() - 1),
        stageOne.orElse(last),
        last);
  }
}
