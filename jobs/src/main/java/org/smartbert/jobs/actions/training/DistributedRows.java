package org.smartbert.jobs.actions.training;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.smartbert.model.training.ShardedRows;
import scala.Tuple2;

/**
 * Deals labelled rows to workers: one partition a worker, in an order that the rows alone decide.
 */
final class DistributedRows {
  private DistributedRows() {}

  /**
   * Rows of (index BIGINT, first, second, label, validation): training rows and validation rows are
   * numbered each for themselves.
   *
   * @param rows (first STRING, second STRING, label INT, validation BOOLEAN)
   */
  static JavaRDD<Row> distribute(Dataset<Row> rows, int batchSize, int workers) {
    JavaPairRDD<Integer, Row> train =
        numbered(rows.filter("NOT validation"))
            .mapToPair(
                row -> new Tuple2<>(ShardedRows.owner(row.getLong(0), batchSize, workers), row));
    JavaPairRDD<Integer, Row> validation =
        numbered(rows.filter("validation"))
            .mapToPair(row -> new Tuple2<>((int) (row.getLong(0) % workers), row));
    return train.union(validation).partitionBy(new HashPartitioner(workers)).values();
  }

  private static JavaRDD<Row> numbered(Dataset<Row> rows) {
    // Spark gives rows in any order; a hash first, so that neighbours have nothing in common.
    Column hash = xxhash64(col("first"), col("second"), col("label"));
    return rows.orderBy(hash, col("first"), col("second"), col("label"))
        .toJavaRDD()
        .zipWithIndex()
        .map(
            pair -> {
              Row row = pair._1();
              return RowFactory.create(pair._2(), row.get(0), row.get(1), row.get(2), row.get(3));
            });
  }
}
