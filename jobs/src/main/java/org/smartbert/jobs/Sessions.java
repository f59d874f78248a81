package org.smartbert.jobs;

import org.apache.spark.sql.SparkSession;

/** The Spark session of a command. */
final class Sessions {
  private Sessions() {}

  /** The session of this JVM, with Delta. */
  static SparkSession open(String name) {
    return SparkSession.builder()
        .appName("smartbert " + name)
        .config(
            "spark.sql.extensions",
            "io.delta.sql.DeltaSparkSessionExtension,org.smartbert.udfs.SmartBertExtensions")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .getOrCreate();
  }
}
