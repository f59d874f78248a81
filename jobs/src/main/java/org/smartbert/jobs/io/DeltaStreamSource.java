package org.smartbert.jobs.io;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaHistoryManager;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.sql.delta.util.FileNames;
import org.apache.spark.sql.streaming.DataStreamReader;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A Delta table as a stream: its rows, then those that each new version adds.
 *
 * @param opened the newest version
 */
record DeltaStreamSource(InputTable input, Changes changes, SparkSession spark, Snapshot opened)
    implements StreamSource {
  private static final int MOST_VERSIONS = 10;

  /** In an offset: the version that is read next. */
  private static final String VERSION = "reservoirVersion";

  static Optional<InvalidInputException> refusal(InputTable input, SparkSession spark) {
    if (!isPath(input) && PlanState.ofDelta(spark.table(input.location())).isEmpty()) {
      return Optional.of(
          new InvalidInputException(
              "%s is a view, or a table that is not a Delta table, which cannot say what rows are"
                  + " new; omit --incremental.",
              input.location()));
    }
    return input.options().keySet().stream()
        .findFirst()
        .map(option -> input.unused(option, "a Delta table that --incremental reads"));
  }

  private static boolean isPath(InputTable input) {
    return input.format() == InputTable.Format.DELTA;
  }

  static DeltaStreamSource open(InputTable input, Changes changes, SparkSession spark) {
    TableLocation table =
        new TableLocation(
            input.location(), isPath(input) ? TableLocation.Kind.PATH : TableLocation.Kind.CATALOG);
    return new DeltaStreamSource(input, changes, spark, table.snapshot(spark));
  }

  @Override
  public StructType columns() {
    return opened.schema();
  }

  @Override
  public Optional<String> identity() {
    return Optional.of(opened.metadata().id());
  }

  @Override
  public List<String> requireContinuable(StreamCheckpoint checkpoint, StructType columns) {
    List<String> differences = SchemaDifferences.between(columns, opened.schema());
    if (!differences.isEmpty()) {
      throw new InvalidInputException(
          "The columns of the input %s have changed since --incremental began (%s); change them"
              + " back, or give another --output, which scores all rows with the columns of now.",
          input.location(), String.join("; ", differences));
    }
    checkpoint.position().ifPresent(this::requireLog);
    return List.of();
  }

  /** Each batch is checked. */
  @Override
  public List<String> requireUnchanged(StreamCheckpoint checkpoint) {
    return List.of();
  }

  @Override
  public Optional<Instant> arrived(long id, StreamCheckpoint checkpoint) {
    // The first batches are the version that there was at the beginning.
    Optional<StreamOffset> begin = checkpoint.end(id - 1).filter(end -> !isOfFirstVersion(end));
    if (begin.isEmpty()) {
      return Optional.empty();
    }
    Path commit =
        FileNames.unsafeDeltaFile(opened.deltaLog().logPath(), begin.get().number(VERSION));
    try {
      FileSystem files = commit.getFileSystem(opened.deltaLog().newDeltaHadoopConf());
      return files.exists(commit)
          ? Optional.of(Instant.ofEpochMilli(files.getFileStatus(commit).getModificationTime()))
          : Optional.empty();
    } catch (IOException e) {
      throw StorageFailure.unreachable(input.location(), e);
    }
  }

  @Override
  public OptionalLong waiting(StreamCheckpoint checkpoint) {
    Optional<StreamOffset> position = checkpoint.position();
    if (position.isEmpty()) {
      return OptionalLong.empty();
    }
    long newest = opened.deltaLog().update(true, Option.empty(), Option.empty()).version();
    return OptionalLong.of(Math.max(0, newest + 1 - next(position.get())));
  }

  /** Delta goes on behind versions that are missing under some settings, and says nothing. */
  private void requireLog(StreamOffset position) {
    long next = next(position);
    if (next > opened.version() + 1) {
      throw new InvalidInputException(
          "The input %s is at version %d, and its rows were read up to version %d: it was restored"
              + " from a copy; give another --output, which scores all rows.",
          input.location(), opened.version(), next - 1);
    }
    long earliest = DeltaHistoryManager.getEarliestDeltaFile(opened.deltaLog());
    if (next <= opened.version() && next < earliest) {
      throw new InvalidInputException(
          "The input %s does not have the versions %d to %d in its log any more, whose rows are"
              + " not scored yet; give another --output, which scores all rows, and call more often"
              + " than the table's delta.logRetentionDuration.",
          input.location(), next, earliest - 1);
    }
  }

  @Override
  public Dataset<Row> stream(Limits limits, List<String> wanted) {
    DataStreamReader reader =
        spark
            .readStream()
            .format("delta")
            .option("maxFilesPerTrigger", limits.files().orElse(Limits.DEFAULT_FILES))
            .option("maxBytesPerTrigger", limits.bytes().orElse(Limits.DEFAULT_BYTES))
            // Spark asks for the last batch again, whose changes an earlier call may have left out.
            .option("skipChangeCommits", true);
    Dataset<Row> rows =
        isPath(input) ? reader.load(input.location()) : reader.table(input.location());
    return wanted.isEmpty()
        ? rows
        : rows.select(wanted.stream().map(TextColumns::column).toArray(Column[]::new));
  }

  @Override
  public Batch rows(Dataset<Row> batch, long id, StreamCheckpoint checkpoint, StructType columns) {
    if (changes == Changes.FAIL) {
      requireNoChanges(id, checkpoint);
    }
    return new Batch(batch, List.of());
  }

  private void requireNoChanges(long id, StreamCheckpoint checkpoint) {
    StreamOffset end = checkpoint.end(id).orElseThrow();
    Optional<StreamOffset> begin = checkpoint.end(id - 1);
    // Before its first place in a version a stream has read nothing of it.
    long last = end.number("index") < 0 ? end.number(VERSION) - 1 : end.number(VERSION);
    long first = begin.map(DeltaStreamSource::next).orElse(opened.version() + 1);
    List<Long> versions = changed(first).stream().filter(version -> version <= last).toList();
    if (!versions.isEmpty()) {
      throw new InvalidInputException(
          "The input %s has updates or deletes since it was last read (version %s); give --changes"
              + " ignore to leave them out (changed rows keep the prediction that they had, and"
              + " rows that such a version adds are not scored), or another --output, which scores"
              + " all rows (with --incremental off those of every version).",
          input.location(), shown(versions));
    }
  }

  /** The first version whose changes were not read. */
  private static long next(StreamOffset offset) {
    return offset.number(VERSION) + (isOfFirstVersion(offset) ? 1 : 0);
  }

  private static boolean isOfFirstVersion(StreamOffset offset) {
    return offset.isMarked("isStartingVersion");
  }

  private static String shown(List<Long> versions) {
    return String.join(", ", versions.stream().limit(MOST_VERSIONS).map(String::valueOf).toList())
        + (versions.size() > MOST_VERSIONS ? ", ..." : "");
  }

  /** Versions from one on that have updates or deletes. */
  private List<Long> changed(long from) {
    List<Long> versions = new ArrayList<>();
    for (Tuple2<Object, Seq<Action>> commit :
        CollectionConverters.asJava(
            opened.deltaLog().getChanges(from, Option.empty(), true).toSeq())) {
      if (CollectionConverters.asJava(commit._2()).stream().anyMatch(DeltaStreamSource::isChange)) {
        versions.add((Long) commit._1());
      }
    }
    return versions;
  }

  @Override
  public List<String> passedOver(Optional<StreamOffset> before) {
    if (changes == Changes.FAIL) {
      return List.of();
    }
    // A first call reads the newest version whole, and then what came meanwhile.
    List<Long> versions = changed(before.map(DeltaStreamSource::next).orElse(opened.version() + 1));
    return versions.isEmpty()
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "%s has %,d new versions with updates or deletes (%s), which were left out:"
                    + " changed rows keep the prediction that they had, and rows that such a"
                    + " version added are not scored.",
                input.location(),
                versions.size(),
                shown(versions)));
  }

  private static boolean isChange(Action action) {
    return action instanceof RemoveFile removed && removed.dataChange();
  }
}
