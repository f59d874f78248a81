package org.smartbert.jobs.actions.scoring;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.InvalidInputException;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Who wrote the predictions of a table, by the transactions in its state. Of one job it takes them
 * either from {@code score --incremental off}, which writes all rows of its input, or from {@code
 * score --incremental}, which writes the rows that it has not written yet: of both, rows would be
 * there twice.
 *
 * @param table its name
 */
public record WriterKinds(String table, List<SetTransaction> transactions) {
  private static final String STREAM = "score-incremental/";
  private static final Pattern SLICE = Pattern.compile(".*/\\d+-of-\\d+");

  /** Reads a table's transactions; a table that is missing has none. */
  public static WriterKinds of(TableLocation table, SparkSession spark) {
    return new WriterKinds(
        table.name(),
        table.exists(spark)
            ? List.copyOf(CollectionConverters.asJava(table.snapshot(spark).setTransactions()))
            : List.of());
  }

  /**
   * The name of a stream's transactions, whose versions are its batches.
   *
   * @param checkpoint its id: a new checkpoint counts its batches from 0 again, and under the name
   *     of an older one Delta would take them for batches that it has, and write nothing
   */
  public static String transactions(ScoringPlan plan, String checkpoint) {
    return ofJob(plan) + checkpoint;
  }

  private static String ofJob(ScoringPlan plan) {
    return STREAM + plan.job() + "/" + plan.model().version() + "/";
  }

  /** The last batch under a name. */
  public OptionalLong lastBatch(String name) {
    return transactions.stream()
        .filter(transaction -> transaction.appId().equals(name))
        .mapToLong(SetTransaction::version)
        .max();
  }

  /**
   * Refuses predictions of the same job that another checkpoint notes.
   *
   * @param own id of the checkpoint; empty for a new one
   * @throws InvalidInputException if the table holds such predictions
   */
  public void requireNoOtherCheckpoint(ScoringPlan plan, Optional<String> own) {
    Optional<String> other =
        transactions.stream()
            .map(SetTransaction::appId)
            .filter(name -> name.startsWith(ofJob(plan)))
            .map(name -> name.substring(ofJob(plan).length()))
            .filter(id -> !id.equals(own.orElse("")))
            .findFirst();
    if (other.isPresent()) {
      throw new InvalidInputException(
          "The table %s holds predictions of the same rows by the same model that another"
              + " checkpoint (id %s) notes, and they would be there twice; give that --checkpoint,"
              + " or another --output.",
          table, other.get());
    }
  }

  /** Whether the table has predictions of an incremental job. */
  public boolean hasStream(ScoringPlan plan) {
    return transactions.stream()
        .anyMatch(transaction -> transaction.appId().startsWith(ofJob(plan)));
  }

  /** Whether the table has predictions of any incremental job. */
  public boolean hasStreams() {
    return transactions.stream().anyMatch(transaction -> transaction.appId().startsWith(STREAM));
  }

  /** Whether the table took rows of a run of {@code score}. */
  boolean holds(String runId) {
    return batchRuns().anyMatch(runId::equals);
  }

  private Stream<String> batchRuns() {
    return transactions.stream()
        .map(SetTransaction::appId)
        .filter(name -> SLICE.matcher(name).matches())
        .map(name -> name.replaceFirst("(@[0-9a-f]{12})?/\\d+-of-\\d+$", ""));
  }

  /** A run that wrote its input whole; empty if none did. */
  public Optional<String> batchRun() {
    return batchRuns().findFirst();
  }

  /**
   * Refuses a table of runs that wrote their input whole.
   *
   * @throws InvalidInputException if it is one
   */
  public void requireNoBatchRun() {
    Optional<String> run = batchRun();
    if (run.isPresent()) {
      throw new InvalidInputException(
          "The table %s holds predictions of score --incremental off (run %s), whose rows would be"
              + " there twice; give another --output, or --incremental off.",
          table, run.get());
    }
  }

  /**
   * Refuses a table into which the same job writes what is new.
   *
   * @throws InvalidInputException if it is one
   */
  public void requireNoStream(ScoringPlan plan) {
    if (hasStream(plan)) {
      throw new InvalidInputException(
          "The table %s holds predictions of the same rows by score --incremental, and they would"
              + " be there twice; omit --incremental off, --run-id, --slices and --max-core-hours"
              + " to score what is new, or give another --output.",
          table);
    }
  }
}
