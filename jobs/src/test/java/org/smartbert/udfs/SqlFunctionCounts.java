package org.smartbert.udfs;

import org.apache.spark.sql.SparkSession;

/** What the SQL functions of the tests' application have done. */
public final class SqlFunctionCounts {
  private SqlFunctionCounts() {}

  /** Rows that went through the scorer. */
  public static long rows(SparkSession spark) {
    return BatchedCalls.counters(spark).rows().value();
  }
}
