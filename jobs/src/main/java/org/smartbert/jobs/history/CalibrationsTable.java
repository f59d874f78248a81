package org.smartbert.jobs.history;

import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.io.TableLocation;

/** One row for each threshold that was tested in a calibration. */
public final class CalibrationsTable {
  /** In this order rows are given. */
  public static final StructType SCHEMA =
      StructType.fromDDL(
          "calibrated_at TIMESTAMP, model STRING, model_version STRING, output STRING, data_set"
              + " STRING, data_version STRING, rows BIGINT, promise STRING, epsilon DOUBLE,"
              + " confidence DOUBLE, reference STRING, budget DOUBLE, gates STRING, precision"
              + " STRING, threshold FLOAT, errors BIGINT, p_value DOUBLE, certified BOOLEAN, chosen"
              + " BOOLEAN, cost DOUBLE, cost_low DOUBLE, cost_high DOUBLE");

  private final SparkSession spark;
  private final TableLocation location;

  public CalibrationsTable(SparkSession spark, String root) {
    this.spark = spark;
    this.location = TableLocation.under(root, "calibrations", spark);
  }

  /** A constant as the table has it. */
  public static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  public void append(List<Row> rows) {
    location.append(spark.createDataFrame(rows, SCHEMA).coalesce(1));
  }

  public TableLocation location() {
    return location;
  }
}
