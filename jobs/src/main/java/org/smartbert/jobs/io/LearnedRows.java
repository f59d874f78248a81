package org.smartbert.jobs.io;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.smartbert.model.InvalidInputException;

/**
 * Which rows a model was trained or validated on, by 64-bit hashes of their texts in files of the
 * model's directory, so that rows that must be new to it can be told from those that are not.
 * Commands that make a model from another hand its files on.
 *
 * <p>A file is the hashes in ascending order, each as eight bytes, the highest first. Its name has
 * a digest of its content.
 */
public final class LearnedRows {
  /** Above this the file, eight bytes a row, would be larger than many a model. */
  public static final long MOST_ROWS = 5_000_000;

  private static final String PREFIX = "learned-rows-";
  private static final String SUFFIX = ".hashes";
  private static final String HASH = "hash";

  private final long[] hashes;

  private LearnedRows(long[] hashes) {
    this.hashes = hashes;
  }

  /**
   * Notes rows in a model's directory.
   *
   * @param rows at most {@link #MOST_ROWS}, columns first and second (texts)
   * @param directory on any Hadoop file system
   */
  public static void write(Dataset<Row> rows, String directory, Configuration hadoop) {
    MapPartitionsFunction<Row, byte[]> pack = LearnedRows::packed;
    long[] hashes =
        rows.select(hash().as(HASH)).mapPartitions(pack, Encoders.BINARY()).collectAsList().stream()
            .flatMapToLong(LearnedRows::unpacked)
            .sorted()
            .distinct()
            .toArray();
    byte[] bytes = packed(hashes);
    Path file = new Path(directory, name(bytes));
    try (OutputStream out = OutputFolder.files(file, hadoop).create(file)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The rows that the model learned from could not be noted in " + directory, e);
    }
  }

  private static Iterator<byte[]> packed(Iterator<Row> rows) {
    LongStream.Builder hashes = LongStream.builder();
    rows.forEachRemaining(row -> hashes.add(row.getLong(0)));
    return List.of(packed(hashes.build().toArray())).iterator();
  }

  private static byte[] packed(long[] hashes) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * hashes.length);
    bytes.asLongBuffer().put(hashes);
    return bytes.array();
  }

  private static LongStream unpacked(byte[] bytes) {
    LongBuffer hashes = ByteBuffer.wrap(bytes).asLongBuffer();
    return LongStream.range(0, hashes.limit()).map(i -> hashes.get((int) i));
  }

  private static String name(byte[] bytes) {
    return PREFIX + Digests.of(List.of(Base64.getEncoder().encodeToString(bytes))) + SUFFIX;
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
      List<byte[]> found =
          entries
              .filter(entry -> isOne(entry.getFileName().toString()))
              .map(LearnedRows::read)
              .toList();
      return found.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new LearnedRows(
                  found.stream().flatMapToLong(LearnedRows::unpacked).sorted().toArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + directory + " could not be read", e);
    }
  }

  private static boolean isOne(String name) {
    return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
  }

  private static byte[] read(java.nio.file.Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (!name(bytes).equals(file.getFileName().toString())) {
        throw new InvalidInputException(
            "The file %s, which notes the rows that the model learned from, is damaged (its digest"
                + " is not that of its name); copy the model again.",
            file);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("The file " + file + " could not be read", e);
    }
  }

  /** Those of the rows that the model did not learn from; columns first and second are texts. */
  public Dataset<Row> newOnes(Dataset<Row> rows) {
    Broadcast<long[]> known =
        JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext()).broadcast(hashes);
    int place = rows.columns().length;
    FilterFunction<Row> isNew = row -> Arrays.binarySearch(known.value(), row.getLong(place)) < 0;
    return rows.withColumn(HASH, hash()).filter(isNew).drop(HASH);
  }

  private static Column hash() {
    return xxhash64(col("first"), col("second"));
  }
}
