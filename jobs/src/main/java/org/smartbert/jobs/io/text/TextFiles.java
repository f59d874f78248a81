package org.smartbert.jobs.io.text;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.unix_millis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/**
 * The files of an input, found as Spark finds them, partition folders included.
 *
 * @param partitions names of the partition columns
 * @param files by path; Spark leaves out those without a byte
 */
record TextFiles(List<String> partitions, List<Found> files) {
  /** Bytes that are worth a task. */
  private static final long TASK_BYTES = 16L << 20;

  /** The columns before the partition columns in {@link #parts}. */
  static final int PART_COLUMNS = 3;

  /**
   * A file.
   *
   * @param modified milliseconds since 1970
   * @param values of the partition columns, as the folders' names have them
   */
  record Found(String path, long length, long modified, List<String> values) {}

  /**
   * Lists the files.
   *
   * @param session one that does not guess the partition columns' types
   */
  static TextFiles list(SparkSession session, List<String> paths, Map<String, String> options) {
    // This source gives paths and partition values; contents are read only where they are selected.
    Dataset<Row> listed =
        session.read().format("binaryFile").options(options).load(paths.toArray(String[]::new));
    List<String> partitions = new ArrayList<>(List.of(listed.columns()));
    partitions.removeAll(List.of("path", "modificationTime", "length", "content"));
    List<Column> wanted = new ArrayList<>();
    wanted.add(col("path"));
    wanted.add(col("length"));
    wanted.add(unix_millis(col("modificationTime")));
    partitions.forEach(name -> wanted.add(TextColumns.column(name)));
    List<Found> files = new ArrayList<>();
    for (Row row : listed.select(wanted.toArray(Column[]::new)).collectAsList()) {
      List<String> values = new ArrayList<>();
      for (int i = PART_COLUMNS; i < row.size(); i++) {
        values.add(row.getString(i));
      }
      requireNoColon(row.getString(0));
      files.add(new Found(row.getString(0), row.getLong(1), row.getLong(2), values));
    }
    files.sort(Comparator.comparing(Found::path));
    return new TextFiles(partitions, files);
  }

  /** Hadoop takes the part before the colon for a file system's name. */
  private static void requireNoColon(String path) {
    if (new Path(path).getName().contains(":")) {
      throw new InvalidInputException(
          "The file %s has a colon in its name, which Hadoop cannot read; rename it.", path);
    }
  }

  /**
   * Rows of path, first byte, byte after the last, and the partition columns.
   *
   * @param partBytes length of a part; files that hold records over several lines and compressed
   *     ones are not split
   */
  Dataset<Row> parts(SparkSession spark, Dialect dialect, long partBytes, Configuration hadoop) {
    CompressionCodecFactory codecs = new CompressionCodecFactory(hadoop);
    List<Row> parts = new ArrayList<>();
    long bytes = 0;
    for (Found file : files) {
      boolean splits = !dialect.multiLine() && codecs.getCodec(new Path(file.path())) == null;
      long step = splits ? partBytes : Long.MAX_VALUE;
      for (long start = 0; start < file.length(); start += Math.min(step, file.length())) {
        long end = file.length() - start <= step ? Long.MAX_VALUE : start + step;
        List<Object> values = new ArrayList<>(List.of(file.path(), start, end));
        values.addAll(file.values());
        parts.add(RowFactory.create(values.toArray()));
      }
      bytes += file.length();
    }
    StructType schema =
        new StructType()
            .add("path", DataTypes.StringType)
            .add("start", DataTypes.LongType)
            .add("end", DataTypes.LongType);
    for (String name : partitions) {
      schema = schema.add(name, DataTypes.StringType);
    }
    long tasks = Math.max(spark.sparkContext().defaultParallelism(), bytes / TASK_BYTES);
    int slices = (int) Math.max(1, Math.min(tasks, parts.size()));
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return spark.createDataFrame(context.parallelize(parts, slices), schema);
  }
}
