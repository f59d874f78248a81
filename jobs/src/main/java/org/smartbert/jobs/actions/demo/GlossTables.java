package org.smartbert.jobs.actions.demo;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.file.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.smartbert.jobs.actions.samples.SampleAction;
import org.smartbert.jobs.actions.samples.SampleResult;
import org.smartbert.jobs.samples.Part;

/** The glosses that the demo uses, as Delta tables: the first ones by a hash of the text. */
record GlossTables(SparkSession spark, Path folder, PretrainedDemoRequest request) {
  static final String TRAIN = "glosses_train";

  /** Texts alone, of rows that are not trained on. */
  static final String UNLABELLED = "glosses_unlabelled";

  static final String VALIDATION = "glosses_validation";
  static final String TEST = "glosses_test";

  private static final int VALIDATION_ROWS = 1500;

  /** Of each class, so that rows of every class are trained on. */
  private static final int LEAST_OF_CLASS = 2;

  String location(String table) {
    return folder.resolve(table).toString();
  }

  Dataset<Row> read(String table) {
    return spark.read().format("delta").load(location(table));
  }

  void write(SampleResult sample) {
    Column order = xxhash64(col("text"));
    Column inClass = row_number().over(Window.partitionBy("label").orderBy(order, col("text")));
    Dataset<Row> train =
        part(sample, Part.TRAIN)
            .withColumn("later", inClass.gt(LEAST_OF_CLASS))
            .orderBy(col("later"), order, col("text"))
            .drop("later");
    save(train.limit(request.trainRows()), TRAIN);
    Dataset<Row> others = train.offset(request.trainRows()).limit(request.unlabelledRows());
    save(others.select("text"), UNLABELLED);
    save(first(sample, Part.VALIDATION, VALIDATION_ROWS), VALIDATION);
    save(first(sample, Part.TEST, request.testRows()), TEST);
  }

  private Dataset<Row> first(SampleResult sample, Part part, int rows) {
    return part(sample, part).orderBy(xxhash64(col("text")), col("text")).limit(rows);
  }

  private Dataset<Row> part(SampleResult sample, Part part) {
    return spark.read().schema(SampleAction.SCHEMA).parquet(sample.path(part));
  }

  private void save(Dataset<Row> rows, String table) {
    rows.repartition(spark.sparkContext().defaultParallelism())
        .write()
        .format("delta")
        .save(location(table));
  }
}
