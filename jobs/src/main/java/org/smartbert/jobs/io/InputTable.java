package org.smartbert.jobs.io;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.model.InvalidInputException;

/**
 * Rows from anything Spark reads.
 *
 * @param location a path or a table's name
 * @param format how it is read
 * @param options for Spark's reader, over our defaults
 */
public record InputTable(String location, Format format, Map<String, String> options) {
  /** How a location is read. */
  public enum Format {
    AUTO,
    PARQUET,
    CSV,
    TSV,
    JSON,
    DELTA,
    TABLE
  }

  /**
   * An input that stays the same while a run reads it.
   *
   * @param version of a Delta table; else a fingerprint of the files
   */
  public record Pinned(Dataset<Row> rows, String version) {}

  /** A path or a table's name, its format found out from the name. */
  public static InputTable at(String location) {
    return new InputTable(location, Format.AUTO, Map.of());
  }

  /** Opens the input as it is now. */
  public Pinned open(SparkSession spark) {
    Format actual = format == Format.AUTO ? detect(spark) : format;
    if (actual == Format.DELTA) {
      long version = DeltaTable.forPath(spark, location).history(1).first().<Long>getAs("version");
      return openDelta(spark, Long.toString(version));
    }
    Dataset<Row> rows = read(spark, actual);
    return new Pinned(rows, fingerprint(spark, rows));
  }

  /** Opens a Delta input as it was. */
  public Pinned openAt(SparkSession spark, String version) {
    Format actual = format == Format.AUTO ? detect(spark) : format;
    return actual == Format.DELTA ? openDelta(spark, version) : open(spark);
  }

  private Pinned openDelta(SparkSession spark, String version) {
    return new Pinned(
        spark.read().format("delta").option("versionAsOf", version).load(location), version);
  }

  private Dataset<Row> read(SparkSession spark, Format actual) {
    if (actual == Format.TABLE) {
      return spark.table(location);
    }
    requireExists(spark);
    DataFrameReader reader = spark.read();
    return switch (actual) {
      case PARQUET -> reader.options(options).parquet(location);
      case JSON -> reader.options(options).json(location);
      case CSV ->
          reader
              .option("header", true)
              .option("multiLine", true)
              .option("escape", "\"")
              .options(options)
              .csv(location);
      // Texts of tab-separated files hold quotes that quote nothing.
      case TSV ->
          reader
              .option("header", true)
              .option("sep", "\t")
              .option("quote", "")
              .options(options)
              .csv(location);
      case AUTO, DELTA, TABLE -> throw new IllegalStateException("Not a file format: " + actual);
    };
  }

  private Format detect(SparkSession spark) {
    String name = location.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|bz2|zst|lz4)$", "");
    if (DeltaTable.isDeltaTable(spark, location)) {
      return Format.DELTA;
    }
    for (Map.Entry<String, Format> ending : ENDINGS.entrySet()) {
      if (name.endsWith(ending.getKey())) {
        return ending.getValue();
      }
    }
    if (TableLocation.inCatalog(location, spark)) {
      return Format.TABLE;
    }
    requireExists(spark);
    throw new InvalidInputException(
        "The format of %s is not known from its name; give --format parquet, csv, tsv, json or"
            + " delta.",
        location);
  }

  private static final Map<String, Format> ENDINGS =
      Map.of(
          ".parquet", Format.PARQUET,
          ".csv", Format.CSV,
          ".tsv", Format.TSV,
          ".json", Format.JSON,
          ".jsonl", Format.JSON);

  private void requireExists(SparkSession spark) {
    try {
      Path path = new Path(location);
      FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      FileStatus[] found = files.globStatus(path);
      if (found == null || found.length == 0) {
        throw new InvalidInputException(
            "The input %s is neither a path that exists nor a table of the catalog.", location);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The input " + location + " could not be reached", e);
    }
  }

  /** Paths, lengths and times of the files: what a rerun compares. */
  private static String fingerprint(SparkSession spark, Dataset<Row> rows) {
    Map<String, String> files = new TreeMap<>();
    try {
      for (String name : List.of(rows.inputFiles())) {
        Path path = new Path(name);
        FileStatus status =
            path.getFileSystem(spark.sparkContext().hadoopConfiguration()).getFileStatus(path);
        files.put(name, status.getLen() + " " + status.getModificationTime());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The input's files could not be listed", e);
    }
    return Digests.of(Arrays.asList(files.toString()));
  }
}
