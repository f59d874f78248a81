package org.smartbert.jobs.io;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;

/** An input that Structured Streaming reads in batches: what is there, later what was added. */
public sealed interface StreamSource permits DeltaStreamSource, FolderStreamSource {
  /** What becomes of updates and deletes of rows that may have been read. */
  enum Changes {
    /** The input is refused. */
    FAIL,
    /** They are left out, and told. */
    IGNORE
  }

  /**
   * Bounds of a batch. One file is read whole, whatever its length.
   *
   * @param files empty for 1,000
   * @param bytes of files as they are stored; empty for 128 MB of a Delta table, and for no bound
   *     of a folder
   */
  record Limits(OptionalInt files, OptionalLong bytes) {
    static final int DEFAULT_FILES = 1_000;
    static final long DEFAULT_BYTES = 128L << 20;

    public static final Limits DEFAULT = new Limits(OptionalInt.empty(), OptionalLong.empty());

    /**
     * @throws InvalidInputException for a bound below 1
     */
    public Limits {
      require("--max-files-per-trigger", files.orElse(1));
      require("--max-bytes-per-trigger", bytes.orElse(1));
    }

    private static void require(String option, long value) {
      if (value < 1) {
        throw new InvalidInputException("%s is %d; it must be 1 or more.", option, value);
      }
    }
  }

  /**
   * The rows of a batch.
   *
   * @param notes for people: what was left out, and why
   */
  record Batch(Dataset<Row> rows, List<String> notes) {}

  /**
   * The stream of an input.
   *
   * @param input {@linkplain InputTable#resolved resolved}
   * @throws InvalidInputException for a view, a file, and whatever else no stream can be read from
   */
  static StreamSource of(InputTable input, Changes changes, SparkSession spark) {
    refusal(input, spark)
        .ifPresent(
            refusal -> {
              throw refusal;
            });
    return isTable(input)
        ? DeltaStreamSource.open(input, changes, spark)
        : FolderStreamSource.open(input, changes, spark);
  }

  /**
   * Why no stream can be read from an input.
   *
   * @param input {@linkplain InputTable#resolved resolved}
   */
  static Optional<InvalidInputException> refusal(InputTable input, SparkSession spark) {
    return isTable(input)
        ? DeltaStreamSource.refusal(input, spark)
        : FolderStreamSource.refusal(input, spark);
  }

  /**
   * Whether an input is a Delta table or a folder, from which a stream can be read. A pattern is
   * not: what it will match later is not plain from it.
   *
   * @param input {@linkplain InputTable#resolved resolved}
   */
  static boolean isTableOrFolder(InputTable input, SparkSession spark) {
    return refusal(input, spark).isEmpty()
        && (isTable(input) || FolderStreamSource.isFolder(input, spark));
  }

  private static boolean isTable(InputTable input) {
    return input.format() == InputTable.Format.DELTA || input.format() == InputTable.Format.TABLE;
  }

  /** The columns of the rows that are there. */
  StructType columns();

  /** Which table it is, which another table of the same name is not; empty for a folder. */
  Optional<String> identity();

  /**
   * Checks that what was added since a checkpoint can be read, and all of it.
   *
   * @param columns that the rows had when the stream began
   * @return what is to be told
   * @throws InvalidInputException if rows would be lost, or have other columns
   */
  List<String> requireContinuable(StreamCheckpoint checkpoint, StructType columns);

  /**
   * Checks, while a stream waits for rows, for changes that no batch shows.
   *
   * @return what is to be told
   * @throws InvalidInputException for changes under {@link Changes#FAIL}
   */
  List<String> requireUnchanged(StreamCheckpoint checkpoint);

  /**
   * When the oldest rows of a batch were written to the input; empty where the source does not
   * tell.
   */
  Optional<Instant> arrived(long id, StreamCheckpoint checkpoint);

  /** Versions of a table whose rows are not scored yet; empty where the source does not tell. */
  OptionalLong waiting(StreamCheckpoint checkpoint);

  /**
   * The stream, to be started with a checkpoint.
   *
   * @param wanted columns; empty for all
   */
  Dataset<Row> stream(Limits limits, List<String> wanted);

  /**
   * The rows of a batch, checked before they are scored.
   *
   * @throws InvalidInputException for updates and deletes under {@link Changes#FAIL}, and for
   *     columns that the stream did not begin with
   * @param batch what the stream gave, {@link #stream}
   * @param id of the batch, whose offsets are in the checkpoint
   * @param columns that the rows had when the stream began
   */
  Batch rows(Dataset<Row> batch, long id, StreamCheckpoint checkpoint, StructType columns);

  /**
   * What is to be told of the changes that a call under {@link Changes#IGNORE} passed over.
   *
   * @param before where the stream was when the call began; empty for its beginning
   */
  List<String> passedOver(Optional<StreamOffset> before);
}
