package org.smartbert.jobs.actions.scoring.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.actions.scoring.SliceRows;
import org.smartbert.jobs.actions.scoring.WriterKinds;
import org.smartbert.jobs.io.DeltaCommits;
import org.smartbert.jobs.io.StreamCheckpoint;
import org.smartbert.jobs.io.StreamSource;
import org.smartbert.udfs.ScoringCounters;

/**
 * Writes the batches of a stream, each by one action and in one commit, which carries the batch as
 * Delta's transaction. Spark gives a batch again that it does not know to be written; one that the
 * table has is neither computed nor written again.
 */
final class BatchWriter {
  private final Stream stream;
  private final StreamRun run;
  private final ScoringCounters counters;
  private final Progress progress;
  private final String transactions;
  private final Set<String> told = new HashSet<>();
  private final AtomicReference<CancellableJobs> jobsOfBatch = new AtomicReference<>();
  private volatile boolean endsBeforeNext;
  private volatile OptionalLong begunAt = OptionalLong.empty();
  private final AtomicLong nanosOfEnded = new AtomicLong();
  private volatile Optional<Duration> lag = Optional.empty();
  private final AtomicInteger written = new AtomicInteger();

  /** What is streamed. */
  record Stream(
      ScoringPlan plan,
      StreamSource source,
      StreamBegin.Begun begun,
      StreamCheckpoint checkpoint,
      StreamLock lock) {}

  /** A stream was to end before a batch, which the next call writes. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Stopped() {
      super("The stream was stopped.");
    }
  }

  BatchWriter(Stream stream, StreamRun run, ScoringCounters counters, Progress progress) {
    this.stream = stream;
    this.run = run;
    this.counters = counters;
    this.progress = progress;
    this.transactions = WriterKinds.transactions(stream.plan(), stream.begun().state().id());
  }

  /** Batches that were written. */
  int written() {
    return written.get();
  }

  /** Time in which batches were written, in nanoseconds. */
  long activeNanos() {
    OptionalLong begun = begunAt;
    return nanosOfEnded.get() + (begun.isPresent() ? System.nanoTime() - begun.getAsLong() : 0);
  }

  /** Whether a batch is being written. */
  boolean isBusy() {
    return begunAt.isPresent();
  }

  /** From when the oldest rows of the last batch came until they were written. */
  Optional<Duration> lag() {
    return lag;
  }

  /** Lets the batch that is being written end, and no other begin. */
  void beginNoMore() {
    endsBeforeNext = true;
  }

  /** Cancels the jobs of the batch that is being written. */
  void abandon() {
    CancellableJobs jobs = jobsOfBatch.get();
    if (jobs != null) {
      jobs.cancel("the stream was stopped");
    }
  }

  /** Writes a batch, on the stream's thread. */
  void write(Dataset<Row> batch, Long id) {
    if (endsBeforeNext) {
      throw new Stopped();
    }
    long begun = System.nanoTime();
    begunAt = OptionalLong.of(begun);
    try {
      writeOnce(batch, id);
    } finally {
      nanosOfEnded.addAndGet(System.nanoTime() - begun);
      begunAt = OptionalLong.empty();
    }
  }

  private void writeOnce(Dataset<Row> batch, long id) {
    stream.lock().requireHeld();
    SparkSession spark = stream.checkpoint().spark();
    requireOutput(spark);
    WriterKinds writers = WriterKinds.of(stream.plan().output(), spark);
    // Two first calls at once, with a checkpoint each, do not see each other before.
    writers.requireNoOtherCheckpoint(stream.plan(), Optional.of(stream.begun().state().id()));
    if (writers.lastBatch(transactions).orElse(-1) >= id) {
      return;
    }
    SparkContext context = spark.sparkContext();
    CancellableJobs jobs =
        CancellableJobs.begin(
            context,
            run.id() + "-" + UUID.randomUUID(),
            "smartbert score " + run.id() + ", batch " + id,
            CancellableJobs.Interrupt.NOTHING);
    jobsOfBatch.set(jobs);
    try {
      StreamSource.Batch read =
          stream.source().rows(batch, id, stream.checkpoint(), stream.begun().columns());
      read.notes().stream().filter(told::add).forEach(progress::note);
      run.start();
      commit(read.rows(), id);
    } finally {
      jobsOfBatch.set(null);
      jobs.close();
    }
    written.incrementAndGet();
    lag =
        stream
            .source()
            .arrived(id, stream.checkpoint())
            .map(arrived -> Duration.between(arrived, Instant.now()));
  }

  private void requireOutput(SparkSession spark) {
    ScoringPlan plan = stream.plan();
    String now = plan.output().exists(spark) ? plan.output().snapshot(spark).metadata().id() : "";
    stream.begun().state().requireOutput(now, plan, stream.begun().folder().location());
  }

  private void commit(Dataset<Row> rows, long id) {
    ScoringPlan plan = stream.plan();
    int slots = stream.checkpoint().spark().sparkContext().defaultParallelism();
    SliceRows scoring = new SliceRows(plan, rows, slots);
    DeltaCommits.retrying(
        plan.output().name(),
        () ->
            plan.output()
                .write(
                    scoring
                        .scored(0, 1, plan.scoringRequest(plan.exits(), run.id()), counters)
                        .write()
                        .mode("append")
                        .option("txnAppId", transactions)
                        .option("txnVersion", id)
                        .option("userMetadata", transactions + "/" + id)));
  }
}
