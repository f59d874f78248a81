package org.smartbert.jobs.actions.scoring.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.actions.scoring.SliceRows;
import org.smartbert.jobs.actions.scoring.WriterKinds;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.AppendCheck;
import org.smartbert.jobs.io.StreamCheckpoint;
import org.smartbert.jobs.io.StreamSource;
import org.smartbert.jobs.io.TableCreation;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.InvalidInputException;

/** Checks before any work that a stream can begin or go on, and prepares its output. */
record StreamBegin(
    JobContext context, IncrementalRequest request, ScoringPlan plan, StreamSource source) {
  /** Before the first batch. */
  private static final long NONE = -1;

  /**
   * A stream that may start.
   *
   * @param columns of the input when its first call began
   * @param notes what is to be told
   */
  record Begun(StreamFolder folder, StreamState state, StructType columns, List<String> notes) {}

  /**
   * Checks, creates the output and the state of the checkpoint if they are missing.
   *
   * @throws InvalidInputException for whatever would lose or double rows
   */
  Begun begin(RunsTable runs) {
    // Refuses bounds and tables that make no stream, before anything is written.
    source.stream(request.limits(), List.of());
    Optional<StreamFolder> place = folder();
    Optional<StreamState> known = place.flatMap(StreamFolder::read);
    List<String> notes = new ArrayList<>();
    known.ifPresent(state -> notes.addAll(requireContinuable(state, place.orElseThrow())));
    StructType columns = known.map(StreamState::columns).orElseGet(source::columns);
    StructType written =
        new SliceRows(plan, spark().createDataFrame(List.of(), columns), 1).written();
    AppendCheck output = new AppendCheck(plan.output(), spark());
    output.require(written);
    if (known.isEmpty()) {
      place.ifPresent(StreamFolder::requireFree);
    }
    if (known.filter(this::hasWritten).isEmpty()) {
      notes.addAll(requireFirst(known.map(StreamState::id)));
    }
    runs.prepare();
    output.requireWritable();
    new TableCreation(plan.output(), spark())
        .create(written, plan.destination().schema().constraints());
    StreamFolder folder = place.or(this::folder).orElseThrow();
    StreamState state =
        known.orElseGet(
            () -> folder.write(StreamState.begin(plan, source, columns, outputTable())));
    return new Begun(folder, state, state.columns(), notes);
  }

  private SparkSession spark() {
    return context.spark();
  }

  /** The checkpoint's folder; empty for a table of the catalog that does not exist yet. */
  private Optional<StreamFolder> folder() {
    return request
        .checkpoint()
        .map(folder -> TableLocation.absolute(folder, spark()))
        .or(() -> plan.output().folder(spark()).map(table -> table + "/_smartbert/" + plan.job()))
        .map(folder -> new StreamFolder(folder, context.hadoop()));
  }

  /** The id of the output's table; empty where there is none. */
  private String outputTable() {
    return plan.output().exists(spark()) ? plan.output().snapshot(spark()).metadata().id() : "";
  }

  private List<String> requireContinuable(StreamState state, StreamFolder folder) {
    state.requireSame(plan, source, folder.location());
    state.requireOutput(outputTable(), plan, folder.location());
    StreamCheckpoint checkpoint = new StreamCheckpoint(folder.spark(), spark());
    requireSameBatches(state, checkpoint, folder);
    return source.requireContinuable(checkpoint, state.columns());
  }

  /** Delta passes over a batch whose number it has, whatever rows it holds. */
  private void requireSameBatches(
      StreamState state, StreamCheckpoint checkpoint, StreamFolder folder) {
    // In this order, because another call may write a batch meanwhile.
    long committed = checkpoint.committed().orElse(NONE);
    long there =
        WriterKinds.of(plan.output(), spark())
            .lastBatch(WriterKinds.transactions(plan, state.id()))
            .orElse(NONE);
    long begun = checkpoint.begun().orElse(NONE);
    if (there > begun) {
      throw new InvalidInputException(
          "The checkpoint %s is older than the table %s (batch %d and batch %d): files of it were"
              + " lost, or it was restored from a copy; give another --output, which scores all"
              + " rows.",
          folder.location(), plan.output().name(), begun, there);
    }
    if (committed > there) {
      throw new InvalidInputException(
          "The table %s lacks batches that the checkpoint %s notes as written (batch %d and batch"
              + " %d): it was restored to an older version; give another --output, which scores all"
              + " rows.",
          plan.output().name(), folder.location(), there, committed);
    }
  }

  /** Whether the output holds a batch of the checkpoint. */
  private boolean hasWritten(StreamState state) {
    return WriterKinds.of(plan.output(), spark())
        .lastBatch(WriterKinds.transactions(plan, state.id()))
        .isPresent();
  }

  /**
   * Checks the output before the first batch, and says what it holds.
   *
   * @param checkpoint its id; empty for a new one
   */
  private List<String> requireFirst(Optional<String> checkpoint) {
    WriterKinds writers = WriterKinds.of(plan.output(), spark());
    writers.requireNoBatchRun();
    writers.requireNoOtherCheckpoint(plan, checkpoint);
    return writers.hasStreams()
        ? List.of(
            plan.output().name()
                + " also holds predictions of other --incremental jobs (another model, input or"
                + " settings); this job begins there and scores all rows of its input.")
        : List.of();
  }
}
