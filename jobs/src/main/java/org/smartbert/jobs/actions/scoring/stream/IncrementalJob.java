package org.smartbert.jobs.actions.scoring.stream;

import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
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

/** Scores what is new as a stream. */
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

  /** When a stream ends, of which the progress is shown. */
  interface Ends {
    StreamEnd of(StreamCheckpoint checkpoint, Progress progress);
  }

  Outcome run(RunsTable runs, Ends ends) {
    try (Progress progress = context.progress().start("Scoring");
        StreamLock lock = StreamLock.acquire(begun.folder(), context.hadoop(), progress)) {
      StreamCheckpoint checkpoint = new StreamCheckpoint(begun.folder().spark(), spark());
      Optional<StreamOffset> before = checkpoint.position();
      StreamRun run = StreamRun.next(plan, begun.state(), runs, spark());
      ScoringCounters counters = ScoringCounters.register(spark().sparkContext());
      BatchWriter writer =
          new BatchWriter(
              new BatchWriter.Stream(plan, source, begun, checkpoint, lock),
              run,
              counters,
              progress);
      StreamEnd end = ends.of(checkpoint, progress);
      LiveScoring live = new LiveScoring(progress, Progress.UNKNOWN, pace(writer, end));
      spark().sparkContext().addSparkListener(live);
      try {
        stream(writer, end);
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
              writer.activeNanos() / 1e9,
              Optional.empty());
      return new Outcome(run.recorded(), computed, source.passedOver(before));
    }
  }

  private SparkSession spark() {
    return context.spark();
  }

  private static LiveScoring.Pace pace(BatchWriter writer, StreamEnd end) {
    return new LiveScoring.Pace() {
      @Override
      public long activeNanos() {
        return writer.activeNanos();
      }

      @Override
      public String more() {
        return end.progress();
      }
    };
  }

  private void stream(BatchWriter writer, StreamEnd end) throws Exception {
    Dataset<Row> all = spark().createDataFrame(List.of(), begun.columns());
    List<String> wanted = new SliceRows(plan, all, 1).needed();
    VoidFunction2<Dataset<Row>, Long> write = writer::write;
    StreamingQuery query =
        source.stream(request.limits(), wanted)
            .writeStream()
            .option("checkpointLocation", begun.folder().spark())
            .trigger(end.trigger())
            .foreachBatch(write)
            .start();
    try {
      end.await(query, writer);
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
