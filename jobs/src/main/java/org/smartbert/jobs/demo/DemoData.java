package org.smartbert.jobs.demo;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Writes what the demo trains on and scores. */
public final class DemoData {
  private static final StructType SCHEMA =
      StructType.fromDDL("id BIGINT, text STRING, label STRING, difficulty STRING");
  private static final long SEED = 7;

  private DemoData() {}

  /**
   * Writes the Delta tables reviews_train and reviews_test, which share no text, and the directory
   * backbone.
   */
  public static void write(SparkSession spark, Path folder, int train, int test) {
    List<Review> reviews = SampleReviews.generate(SEED, train + test);
    write(spark, reviews.subList(0, train), folder.resolve("reviews_train"));
    write(spark, reviews.subList(train, train + test), folder.resolve("reviews_test"));
    SampleBackbone.write(folder.resolve("backbone"), reviews, SEED);
  }

  private static void write(SparkSession spark, List<Review> reviews, Path table) {
    List<Row> rows =
        reviews.stream()
            .map(r -> RowFactory.create(r.id(), r.text(), r.label(), r.difficulty().name()))
            .toList();
    spark
        .createDataFrame(rows, SCHEMA)
        .repartition(2)
        .write()
        .format("delta")
        .mode("overwrite")
        .save(table.toString());
  }
}
