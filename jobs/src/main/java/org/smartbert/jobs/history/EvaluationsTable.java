package org.smartbert.jobs.history;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.io.TableLocation;

/** One row for each model, data set and exit policy that was evaluated. */
public final class EvaluationsTable {
  /** In this order rows are given. */
  public static final StructType SCHEMA =
      StructType.fromDDL(
          "evaluated_at TIMESTAMP, model STRING, model_version STRING, data_set STRING,"
              + " data_version STRING, rows BIGINT, gates STRING, policy STRING, threshold FLOAT,"
              + " accuracy DOUBLE, accuracy_low DOUBLE, accuracy_high DOUBLE, f1 DOUBLE, f1_low"
              + " DOUBLE, f1_high DOUBLE, mcc DOUBLE, mcc_low DOUBLE, mcc_high DOUBLE, mean_layers"
              + " DOUBLE, mean_flops DOUBLE, cost DOUBLE, flops_speedup DOUBLE, paper_mflops"
              + " DOUBLE, realised_speedup DOUBLE, precision STRING, method STRING");

  private final SparkSession spark;
  private final TableLocation location;

  public EvaluationsTable(SparkSession spark, String root) {
    this.spark = spark;
    this.location = TableLocation.under(root, "evaluations", spark);
  }

  public void append(List<Row> rows) {
    location.append(spark.createDataFrame(rows, SCHEMA).coalesce(1));
  }

  public TableLocation location() {
    return location;
  }
}
