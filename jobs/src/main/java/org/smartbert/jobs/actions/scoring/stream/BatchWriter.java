package org.smartbert.jobs.actions.scoring.stream;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
  private int written;

  /** What is streamed. */
  record Stream(
      ScoringPlan plan,
      StreamSource source,
      StreamBegin.Begun begun,
      StreamCheckpoint checkpoint) {}

  BatchWriter(Stream stream, StreamRun run, ScoringCounters counters, Progress progress) {
    this.stream = stream;
    this.run = run;
    this.counters = counters;
    this.progress = progress;
    this.transactions = WriterKinds.transactions(stream.plan(), stream.begun().state().id());
  }

  /** Batches that were written. */
  int written() {
    return written;
  }

  /** Writes a batch, on the stream's thread. */
  void write(Dataset<Row> batch, Long id) {
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
    try {
      StreamSource.Batch read =
          stream.source().rows(batch, id, stream.checkpoint(), stream.begun().columns());
      read.notes().stream().filter(told::add).forEach(progress::note);
      run.start();
      commit(read.rows(), id);
    } finally {
      jobs.close();
    }
    written++;
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
