package org.smartbert.jobs.actions.run;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * What every action needs.
 *
 * @param spark the session that runs it
 * @param tablesRoot folder of the tables runs, training_metrics, evaluations and calibrations
 * @param progress where long tasks show their progress
 */
public record JobContext(SparkSession spark, String tablesRoot, ProgressDisplay progress) {
  /** The folder of our tables where the user names none. */
  public static final String DEFAULT_TABLES_ROOT = "smartbert-tables";

  public Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
