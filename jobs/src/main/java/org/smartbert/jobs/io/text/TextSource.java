package org.smartbert.jobs.io.text;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/**
 * Text files as rows: nothing is repaired. A record that cannot be read exactly is found by a pass
 * over the files before any work, and refused, dropped or kept as it is.
 */
public final class TextSource {
  private static final int EXAMPLES = 3;

  private final SparkSession spark;
  private final String location;
  private final Malformed malformed;
  private final Configuration hadoop;
  private final Broadcast<SerializableConfiguration> shared;

  private TextSource(SparkSession spark, String location, Malformed malformed) {
    this.spark = spark;
    this.location = location;
    this.malformed = malformed;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.shared = SerializableConfiguration.broadcast(spark.sparkContext(), hadoop);
  }

  /**
   * Rows of text files.
   *
   * @param rows with the column {@link TextColumns#MALFORMED} where malformed records are kept
   * @param state of files and options: equal for equal rows
   * @param notes for people: how the files were read, and what was left out
   */
  public record Opened(Dataset<Row> rows, List<String> state, List<String> notes) {}

  /**
   * Which files are read.
   *
   * @param paths as Spark takes them
   * @param columns of earlier files of the same input, which these files must fit, and without
   *     which files without a row are refused; empty where there are none
   */
  public record Files(List<String> paths, Optional<StructType> columns) {
    public Files {
      paths = List.copyOf(paths);
    }
  }

  /** What is read. */
  public enum Kind {
    /** With quotes, unless the options say otherwise. */
    CSV,
    /** Without quotes, unless the options say otherwise. */
    TSV,
    /** One object a line, or whole files. */
    JSON
  }

  /**
   * Opens text files.
   *
   * @param session one that does not guess the types of partition columns
   * @param location as the user gave it
   * @throws InvalidInputException for options, headers and, under {@link Malformed#FAIL}, records
   *     that are wrong
   */
  public static Opened open(
      SparkSession session,
      String location,
      Files files,
      Kind kind,
      Map<String, String> options,
      Malformed malformed) {
    return new TextSource(session, location, malformed).open(files, kind, options);
  }

  private Opened open(Files wanted, Kind kind, Map<String, String> options) {
    boolean json = kind == Kind.JSON;
    JsonLines lines = json ? JsonLines.of(options) : null;
    TextOptions read =
        json
            ? lines.reading()
            : TextOptions.of(options, kind == Kind.CSV ? Dialect.CSV : Dialect.TSV);
    TextFiles files = TextFiles.list(spark, wanted.paths(), read.files());
    if (files.files().isEmpty()) {
      if (wanted.columns().isPresent()) {
        return new Opened(
            spark.createDataFrame(List.of(), wanted.columns().get()), List.of(), List.of());
      }
      throw new InvalidInputException(
          "All files of the input %s are empty; give files with rows.", location);
    }
    List<String> paths = files.files().stream().map(TextFiles.Found::path).toList();
    DelimitedFiles how =
        json
            ? new DelimitedFiles(read.dialect(), List.of(JsonLines.LINE), Map.of())
            : DelimitedFiles.of(spark, paths, read, shared);
    requireNoClash(how.columns(), files.partitions());
    Dataset<Row> records = records(files, how);
    Dataset<Row> rows =
        json ? lines.parsed(records, files.partitions(), location, wanted.columns()) : records;
    List<String> state = new ArrayList<>();
    state.add(kind.name());
    state.add(malformed.name());
    state.add(how.dialect().describe());
    state.add(options.toString());
    files.files().forEach(file -> state.add(file.path() + " " + file.values()));
    state.add(
        FileVersions.of(
            paths.stream().map(Path::new).toList(), spark.sessionState().newHadoopConf()));
    List<String> notes = new ArrayList<>();
    if (!json) {
      notes.add(kind + ": " + how.dialect().describe() + ".");
    }
    return new Opened(settled(rows, wanted, notes), state, notes);
  }

  private void requireNoClash(List<String> columns, List<String> partitions) {
    for (String name : partitions) {
      if (columns.stream().anyMatch(name::equalsIgnoreCase)) {
        throw new InvalidInputException(
            "The column %s is both in the files of %s and in their folder names; rename one.",
            name, location);
      }
    }
  }

  private Dataset<Row> records(TextFiles files, DelimitedFiles how) {
    long partBytes =
        ((org.apache.spark.sql.classic.SparkSession) spark)
            .sessionState()
            .conf()
            .filesMaxPartitionBytes();
    int columns = how.columns().size();
    Dialect dialect = how.dialect();
    Map<String, int[]> orders = how.orders();
    Broadcast<SerializableConfiguration> conf = shared;
    MapPartitionsFunction<Row, Row> read =
        parts -> new PartRows(parts, columns, dialect, orders, conf.value().value());
    StructType schema = PartRows.schema(how.columns(), files.partitions());
    return files.parts(spark, dialect, partBytes, hadoop).mapPartitions(read, Encoders.row(schema));
  }

  /** Reads all records once and handles those that are malformed. */
  private Dataset<Row> settled(Dataset<Row> rows, Files wanted, List<String> notes) {
    List<Row> counts =
        rows.groupBy(PartRows.FLAW)
            .agg(
                count(lit(1)),
                min(struct(col(PartRows.FILE), col(PartRows.START), col(PartRows.LINE))))
            .collectAsList();
    long all = counts.stream().mapToLong(row -> row.getLong(1)).sum();
    if (all == 0 && wanted.columns().isEmpty()) {
      throw new InvalidInputException(
          "The input %s has a header and no rows; give files with rows.", location);
    }
    List<Row> flaws = counts.stream().filter(row -> !row.isNullAt(0)).toList();
    if (flaws.isEmpty()) {
      return clean(rows);
    }
    long bad = flaws.stream().mapToLong(row -> row.getLong(1)).sum();
    String told =
        String.format(
            Locale.ROOT,
            "%,d of %,d rows of %s are malformed: %s",
            bad,
            all,
            location,
            String.join("; ", flaws.stream().limit(EXAMPLES).map(TextSource::told).toList()));
    return switch (malformed) {
      case FAIL ->
          throw new InvalidInputException(
              "%s. Correct them, or skip them with --malformed drop.", told);
      case DROP -> {
        notes.add(told + ". They are skipped.");
        yield clean(rows.filter(col(PartRows.FLAW).isNull()));
      }
      case KEEP -> {
        notes.add(
            told
                + ". They are written with a null prediction and the record in the column"
                + " error.");
        yield kept(rows);
      }
    };
  }

  private static String told(Row count) {
    Flaw flaw = Flaw.valueOf(count.getString(0));
    return String.format(
        Locale.ROOT,
        "%s (%,d, first in %s%s)",
        flaw.reason(),
        count.getLong(1),
        place(count.getStruct(2)),
        DelimitedFiles.remedy(flaw));
  }

  private static String place(Row first) {
    String behind = first.getLong(1) == 0 ? "" : " after byte " + first.getLong(1);
    return String.format(
        Locale.ROOT, "%s, line %d%s", first.getString(0), first.getLong(2), behind);
  }

  private static Dataset<Row> clean(Dataset<Row> rows) {
    return rows.drop(PartRows.FILE, PartRows.START, PartRows.LINE, PartRows.FLAW, PartRows.RAW);
  }

  private static Dataset<Row> kept(Dataset<Row> rows) {
    Column reason = lit(null);
    for (Flaw flaw : Flaw.values()) {
      reason =
          functions
              .when(col(PartRows.FLAW).equalTo(flaw.name()), lit(flaw.reason()))
              .otherwise(reason);
    }
    Column error =
        concat(
            lit("Malformed: "),
            reason,
            lit(" ("),
            col(PartRows.FILE),
            lit(", line "),
            col(PartRows.LINE),
            functions
                .when(col(PartRows.START).equalTo(0), lit(""))
                .otherwise(concat(lit(" after byte "), col(PartRows.START))),
            lit("): "),
            col(PartRows.RAW));
    return clean(rows.withColumn(TextColumns.MALFORMED, error));
  }
}
