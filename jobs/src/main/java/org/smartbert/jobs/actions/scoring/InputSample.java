package org.smartbert.jobs.actions.scoring;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.smartbert.udfs.TextColumns;

/**
 * Rows of an input, drawn at random and kept in memory, as many of them on each slot. Reading them
 * is reading the whole input once, which is what a slice does.
 */
final class InputSample implements AutoCloseable {
  private static final String PARTITION = "__smartbert_partition";
  private static final String PLACE = "__smartbert_place";
  private static final String COPY = "__smartbert_copy";

  /** Of a monotonically increasing id the bits that count the rows of a partition. */
  private static final long IN_PARTITION = (1L << 33) - 1;

  private static final long SEED = 42;

  private final Dataset<Row> kept;
  private final Column[] columns;
  private final int slots;
  private final TaskTime.Metered<Long> read;

  private InputSample(Dataset<Row> kept, Column[] columns, int slots, TaskTime.Metered<Long> read) {
    this.kept = kept;
    this.columns = columns;
    this.slots = slots;
    this.read = read;
  }

  /**
   * Draws a sample.
   *
   * @param share of the rows, about; 1 for all
   */
  static InputSample of(Dataset<Row> rows, double share, int slots) {
    Column[] columns =
        List.of(rows.columns()).stream().map(TextColumns::column).toArray(Column[]::new);
    Dataset<Row> drawn = share < 1 ? rows.sample(false, share, SEED) : rows;
    Dataset<Row> kept =
        drawn
            .withColumn(PARTITION, spark_partition_id())
            .repartition(slots)
            .withColumn(PLACE, monotonically_increasing_id().bitwiseAND(IN_PARTITION))
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new InputSample(
        kept, columns, slots, TaskTime.during(rows.sparkSession().sparkContext(), kept::count));
  }

  long size() {
    return read.value();
  }

  /** Tasks that the rows are divided among. */
  int slots() {
    return slots;
  }

  /** Task time of reading the input once, in seconds. */
  double readTaskSeconds() {
    return read.taskSeconds();
  }

  /**
   * About so many rows, evenly over the slots: a part of the sample, or all of it one time after
   * the other.
   */
  Dataset<Row> rows(long wanted) {
    if (wanted < size()) {
      return kept.filter(col(PLACE).lt((wanted + slots - 1) / slots)).select(columns);
    }
    long copies = (wanted + size() - 1) / size();
    if (copies == 1) {
      return kept.select(columns);
    }
    // In turn: copies of a row that stand together would be decided together, as no input's are.
    return kept.withColumn(COPY, explode(sequence(lit(1L), lit(copies))))
        .sortWithinPartitions(COPY, PLACE)
        .select(columns);
  }

  /** The share of rows whose texts an earlier row of the sample has. */
  double repeated(List<Column> texts) {
    Column hash = xxhash64(texts.toArray(Column[]::new)).as("hash");
    long distinct = kept.select(hash).distinct().count();
    return 1 - (double) distinct / size();
  }

  /** The share of the rows that each partition of the input has; empty partitions are left out. */
  double[] partitionShares() {
    return kept.groupBy(PARTITION).count().orderBy(PARTITION).collectAsList().stream()
        .mapToDouble(row -> (double) row.getLong(1) / size())
        .toArray();
  }

  @Override
  public void close() {
    kept.unpersist();
  }
}
