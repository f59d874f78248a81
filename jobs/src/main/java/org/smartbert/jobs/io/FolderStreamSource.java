package org.smartbert.jobs.io;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_millis;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.FileIndexOptions;
import org.apache.spark.sql.execution.datasources.binaryfile.BinaryFileFormat;
import org.apache.spark.sql.execution.streaming.runtime.FileStreamSource.FileEntry;
import org.apache.spark.sql.streaming.DataStreamReader;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.io.text.TextSource;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/**
 * The files of a folder or a pattern as a stream: those that are there, then those that are added.
 * Spark's stream tells which files are new; they are read as {@code score} reads all files.
 */
record FolderStreamSource(InputTable input, Changes changes, InputPath path, SparkSession spark)
    implements StreamSource {
  /** Spark forgets files that are older, and passes over them without a word. */
  private static final String FOREVER = "36500d";

  static Optional<InvalidInputException> refusal(InputTable input, SparkSession spark) {
    for (String option : input.options().keySet()) {
      if (option.equalsIgnoreCase(FileIndexOptions.MODIFIED_AFTER())
          || option.equalsIgnoreCase(FileIndexOptions.MODIFIED_BEFORE())
          || option.equalsIgnoreCase(FileIndexOptions.IGNORE_MISSING_FILES())) {
        return Optional.of(
            new InvalidInputException(
                "The option %s cannot be used with --incremental, which notes the files that it"
                    + " has read; omit it.",
                option));
      }
    }
    return status(input, spark).filter(FileStatus::isFile).isEmpty()
        ? Optional.empty()
        : Optional.of(
            new InvalidInputException(
                "The input %s is a file, to which --incremental cannot see what was added; give"
                    + " the folder where new files appear, or omit --incremental.",
                input.location()));
  }

  static FolderStreamSource open(InputTable input, Changes changes, SparkSession spark) {
    return new FolderStreamSource(input, changes, path(input, spark), spark);
  }

  private static InputPath path(InputTable input, SparkSession spark) {
    return InputPath.find(input.location(), spark.sessionState().newHadoopConf()).orElseThrow();
  }

  /** Whether the input is a folder, and no pattern. */
  static boolean isFolder(InputTable input, SparkSession spark) {
    return status(input, spark).filter(FileStatus::isDirectory).isPresent();
  }

  /** Of a file or a folder; empty for a pattern. */
  private static Optional<FileStatus> status(InputTable input, SparkSession spark) {
    try {
      Path plain = new Path(path(input, spark).plain());
      FileSystem files = plain.getFileSystem(spark.sessionState().newHadoopConf());
      return files.exists(plain) ? Optional.of(files.getFileStatus(plain)) : Optional.empty();
    } catch (IOException e) {
      throw StorageFailure.unreachable(input.location(), e);
    }
  }

  @Override
  public StructType columns() {
    return withoutMalformed(input.open(spark).rows().schema());
  }

  private static StructType withoutMalformed(StructType schema) {
    StructType kept = new StructType();
    for (StructField field : schema.fields()) {
      kept = field.name().equals(TextColumns.MALFORMED) ? kept : kept.add(field);
    }
    return kept;
  }

  @Override
  public Optional<String> identity() {
    return Optional.empty();
  }

  @Override
  public List<String> requireContinuable(StreamCheckpoint checkpoint, StructType columns) {
    return requireUnchanged(checkpoint);
  }

  /** Spark's stream notes files by name, and passes over one that has grown. */
  @Override
  public List<String> requireUnchanged(StreamCheckpoint checkpoint) {
    List<String> changed = changed(checkpoint);
    if (changed.isEmpty()) {
      return List.of();
    }
    if (changes == Changes.FAIL) {
      throw new InvalidInputException(
          "%,d files of the input %s were changed after they were listed to be scored (first: %s);"
              + " give --changes ignore to leave them as they are scored, or another --output,"
              + " which scores all files.",
          changed.size(), input.location(), changed.get(0));
    }
    return List.of(
        String.format(
            Locale.ROOT,
            "%,d files of %s were changed after they were listed to be scored (first: %s); they are"
                + " not scored again.",
            changed.size(),
            input.location(),
            changed.get(0)));
  }

  /** Files that have another time than the stream has noted. */
  private List<String> changed(StreamCheckpoint checkpoint) {
    List<FileEntry> known = checkpoint.allFiles();
    if (known.isEmpty()) {
      return List.of();
    }
    Map<String, Long> times = new HashMap<>();
    spark
        .read()
        .format("binaryFile")
        .options(listing())
        .load(path.spark())
        .select(col("path"), unix_millis(col("modificationTime")))
        .collectAsList()
        .forEach(row -> times.put(row.getString(0), row.getLong(1)));
    List<String> changed = new ArrayList<>();
    for (FileEntry file : known) {
      Long time = times.get(file.sparkPath().toPath().toString());
      if (time != null && time != file.timestamp()) {
        changed.add(file.sparkPath().toPath().toString());
      }
    }
    return changed;
  }

  /** Options that say which files are listed. */
  private Map<String, String> listing() {
    Map<String, String> options = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    input
        .options()
        .forEach(
            (key, value) -> {
              if (FileIndexOptions.isValidOption(key)) {
                options.put(key, value);
              }
            });
    return options;
  }

  @Override
  public Dataset<Row> stream(Limits limits, List<String> wanted) {
    if (limits.files().isPresent() && limits.bytes().isPresent()) {
      throw new InvalidInputException(
          "Of files, Spark bounds a batch by their number or by their bytes; give only one of"
              + " --max-files-per-trigger and --max-bytes-per-trigger.");
    }
    DataStreamReader reader =
        spark
            .readStream()
            .format("binaryFile")
            .schema(BinaryFileFormat.schema())
            .options(listing())
            .option("maxFileAge", FOREVER);
    DataStreamReader bounded =
        limits.bytes().isPresent()
            ? reader.option("maxBytesPerTrigger", limits.bytes().getAsLong())
            : reader.option("maxFilesPerTrigger", limits.files().orElse(Limits.DEFAULT_FILES));
    return bounded.load(path.spark()).select("path");
  }

  @Override
  public Batch rows(Dataset<Row> batch, long id, StreamCheckpoint checkpoint, StructType columns) {
    List<String> there = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    for (FileEntry file : checkpoint.files(id)) {
      Path at = file.sparkPath().toPath();
      (exists(at) ? there : gone).add(at.toString());
    }
    List<String> notes = new ArrayList<>();
    if (!gone.isEmpty()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%,d files of %s were removed after they were listed, and are not scored (first:"
                  + " %s).",
              gone.size(),
              input.location(),
              gone.get(0)));
    }
    if (there.isEmpty()) {
      return new Batch(InputFiles.none(spark, columns), notes);
    }
    InputTable.Pinned read =
        new InputFiles(inFolder(), spark)
            .open(
                input.format(),
                new TextSource.Files(
                    there.stream().map(InputPath::escaped).toList(), Optional.of(columns)));
    notes.addAll(read.notes());
    return new Batch(aligned(read.rows(), columns), notes);
  }

  @Override
  public Optional<Instant> arrived(long id, StreamCheckpoint checkpoint) {
    return checkpoint.files(id).stream()
        .map(file -> Instant.ofEpochMilli(file.timestamp()))
        .min(Comparator.naturalOrder());
  }

  @Override
  public OptionalLong waiting(StreamCheckpoint checkpoint) {
    return OptionalLong.empty();
  }

  /** Told before the stream starts. */
  @Override
  public List<String> passedOver(Optional<StreamOffset> before) {
    return List.of();
  }

  private boolean exists(Path file) {
    try {
      return file.getFileSystem(spark.sessionState().newHadoopConf()).exists(file);
    } catch (IOException e) {
      throw StorageFailure.unreachable(input.location(), e);
    }
  }

  /** With the folder whose folders are partitions, which single files do not tell. */
  private InputTable inFolder() {
    if (!exists(new Path(path.plain()))) {
      return input;
    }
    Map<String, String> options = new HashMap<>(input.options());
    options.putIfAbsent(FileIndexOptions.BASE_PATH_PARAM(), path.plain());
    return new InputTable(input.location(), input.format(), options, input.malformed());
  }

  /** The columns of the first files, in their order; a column that these files lack is null. */
  private Dataset<Row> aligned(Dataset<Row> rows, StructType columns) {
    StructType found = withoutMalformed(rows.schema());
    boolean delimited =
        input.format() == InputTable.Format.CSV || input.format() == InputTable.Format.TSV;
    List<String> differences =
        delimited
            ? SchemaDifferences.between(columns, found)
            : SchemaDifferences.additions(columns, found);
    if (!differences.isEmpty()) {
      throw new InvalidInputException(
          "New files of the input %s have other columns than its first files had (%s); take them"
              + " out, or give another --output, which scores all files with the columns of now.",
          input.location(), String.join("; ", differences));
    }
    List<Column> selected = new ArrayList<>();
    for (StructField field : columns.fields()) {
      boolean there = found.getFieldIndex(field.name()).isDefined();
      Column value = there ? TextColumns.column(field.name()) : lit(null).cast(field.dataType());
      selected.add(value.as(field.name()));
    }
    if (List.of(rows.columns()).contains(TextColumns.MALFORMED)) {
      selected.add(TextColumns.column(TextColumns.MALFORMED));
    }
    return rows.select(selected.toArray(Column[]::new));
  }
}
