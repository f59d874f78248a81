package org.smartbert.jobs.actions.scoring.stream;

import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.actions.scoring.LiveScoring;
import org.smartbert.jobs.actions.scoring.ScoringFailure;
import org.smartbert.jobs.actions.scoring.ScoringJob;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.actions.scoring.SliceRows;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.StreamCheckpoint;
import org.smartbert.jobs.io.StreamOffset;
import org.smartbert.jobs.io.StreamSource;
import org.smartbert.udfs.ScoringCounters;

/** Scores what is new as a stream that ends when it has read all that there was at its start. */
record IncrementalJob(
    JobContext context,
    IncrementalRequest request,
    ScoringPlan plan,
    StreamSource source,
    StreamBegin.Begun begun) {

  /**
   * What a call did.
   *
   * @param runId empty where there was nothing to do
   * @param computed batches, rows and seconds of this call
   */
  record Outcome(Optional<String> runId, ScoringJob.Computed computed, List<String> notes) {}

  Outcome run(RunsTable runs) {
    StreamCheckpoint checkpoint = new StreamCheckpoint(begun.folder().spark(), spark());
    Optional<StreamOffset> before = checkpoint.position();
    StreamRun run = StreamRun.next(plan, begun.state(), runs, spark());
    long started = System.nanoTime();
    ScoringCounters counters = ScoringCounters.register(spark().sparkContext());
    Progress progress = context.progress().start("Scoring");
    try (LiveScoring live = new LiveScoring(progress, Progress.UNKNOWN)) {
      BatchWriter writer =
          new BatchWriter(
              new BatchWriter.Stream(plan, source, begun, checkpoint), run, counters, progress);
      spark().sparkContext().addSparkListener(live);
      try {
        stream(writer);
      } catch (Exception e) {
        run.failed(e);
        throw told(run, e);
      } finally {
        spark().sparkContext().removeSparkListener(live);
      }
      ScoringJob.Computed computed =
          new ScoringJob.Computed(
              writer.written(),
              counters.rows().value(),
              (System.nanoTime() - started) / 1e9,
              Optional.empty());
      return new Outcome(run.recorded(), computed, source.passedOver(before));
    }
  }

  private SparkSession spark() {
    return context.spark();
  }

  private void stream(BatchWriter writer) throws Exception {
    Dataset<Row> all = spark().createDataFrame(List.of(), begun.columns());
    List<String> wanted = new SliceRows(plan, all, 1).needed();
    VoidFunction2<Dataset<Row>, Long> write = writer::write;
    StreamingQuery query =
        source.stream(request.limits(), wanted)
            .writeStream()
            .option("checkpointLocation", begun.folder().spark())
            .trigger(Trigger.AvailableNow())
            .foreachBatch(write)
            .start();
    try {
      query.awaitTermination();
    } finally {
      query.stop();
    }
  }

  private RuntimeException told(StreamRun run, Exception failure) {
    boolean cancelled = CancellableJobs.cancelReason().isPresent();
    return StreamFailure.told(failure, plan.input(), begun.folder().location())
        .filter(message -> !cancelled)
        .orElseGet(() -> ScoringFailure.of(failure, run.id(), plan.output()));
  }
}
