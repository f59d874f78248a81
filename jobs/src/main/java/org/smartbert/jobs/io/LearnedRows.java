package org.smartbert.jobs.io;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.sketch.BloomFilter;
import org.smartbert.model.InvalidInputException;

/**
 * Which rows a model was trained or validated on: Bloom filters of hashes of their texts, in files
 * of the model's directory, so that rows that must be new to it can be told from those that are
 * not. A row that is new is taken for one of them once in 10^9 times; the other mistake is not
 * made. Commands that derive a model from another hand its filters on.
 *
 * @param filters of this model and those that it was made from
 */
public record LearnedRows(List<BloomFilter> filters) {
  private static final String PREFIX = "learned-rows-";
  private static final String SUFFIX = ".bloom";
  private static final double MISTAKEN = 1e-9;

  /** Above this a filter would be larger than many a model; each row takes 43 bits. */
  public static final long MOST_ROWS = 10_000_000;

  private static final String HASH = "hash";

  public LearnedRows {
    filters = List.copyOf(filters);
  }

  /**
   * Notes rows in a model's directory.
   *
   * @param rows columns first and second (texts)
   * @param count of them, at most {@link #MOST_ROWS}
   * @param directory on any Hadoop file system
   */
  public static void write(Dataset<Row> rows, long count, String directory, Configuration hadoop) {
    BloomFilter filter =
        rows.select(hash().as(HASH)).stat().bloomFilter(HASH, Math.max(1, count), MISTAKEN);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      filter.writeTo(bytes);
      // Named by its content, so that filters of several models do not meet under one name.
      String content = Base64.getEncoder().encodeToString(bytes.toByteArray());
      String name = PREFIX + Digests.of(List.of(content)) + SUFFIX;
      Path file = new Path(directory, name);
      try (OutputStream out = OutputFolder.files(file, hadoop).create(file)) {
        bytes.writeTo(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The rows that the model learned from could not be noted in " + directory, e);
    }
  }

  /** Copies what one model's directory notes to that of a model that is made from it. */
  public static void handOn(String from, String to, Configuration hadoop) {
    try {
      Path source = new Path(from);
      FileSystem files = OutputFolder.files(source, hadoop);
      for (FileStatus status : files.listStatus(source)) {
        String name = status.getPath().getName();
        if (isOne(name)) {
          Path target = new Path(to, name);
          try (InputStream in = files.open(status.getPath());
              OutputStream out = OutputFolder.files(target, hadoop).create(target)) {
            in.transferTo(out);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The rows that the model " + from + " learned from could not be noted in " + to, e);
    }
  }

  /**
   * What a model's directory notes; empty where it notes nothing.
   *
   * @throws InvalidInputException for a file that is not whole
   */
  public static Optional<LearnedRows> of(java.nio.file.Path directory) {
    try (Stream<java.nio.file.Path> entries = Files.list(directory)) {
      List<BloomFilter> filters =
          entries
              .filter(entry -> isOne(entry.getFileName().toString()))
              .sorted()
              .map(LearnedRows::read)
              .toList();
      return filters.isEmpty() ? Optional.empty() : Optional.of(new LearnedRows(filters));
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + directory + " could not be read", e);
    }
  }

  private static boolean isOne(String name) {
    return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
  }

  private static BloomFilter read(java.nio.file.Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return BloomFilter.readFrom(in);
    } catch (IOException | RuntimeException e) {
      throw new InvalidInputException(
          e,
          "The file %s, which notes the rows that the model learned from, is not whole (%s); copy"
              + " the model again.",
          file,
          e.getMessage());
    }
  }

  /** Those of the rows that the model did not learn from; columns first and second are texts. */
  public Dataset<Row> newOnes(Dataset<Row> rows) {
    List<BloomFilter> known = filters;
    int place = rows.columns().length;
    FilterFunction<Row> isNew =
        row -> known.stream().noneMatch(filter -> filter.mightContainLong(row.getLong(place)));
    return rows.withColumn(HASH, hash()).filter(isNew).drop(HASH);
  }

  private static Column hash() {
    return xxhash64(col("first"), col("second"));
  }
}
