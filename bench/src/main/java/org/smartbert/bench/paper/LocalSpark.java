package org.smartbert.bench.paper;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.smartbert.model.InvalidInputException;

/** Spark in this process, with as many task slots as there are workers. */
final class LocalSpark {
  private LocalSpark() {}

  /**
   * Opens a session with what conf/spark-defaults.conf sets for spark-submit.
   *
   * @throws InvalidInputException for no worker at all
   */
  static SparkSession open(int workers, Path work) {
    if (workers < 1) {
      throw new InvalidInputException("--workers is %d; give 1 or more.", workers);
    }
    return SparkSession.builder()
        .master("local[" + workers + "]")
        .appName("bench paper")
        .config("spark.ui.enabled", false)
        .config("spark.ui.showConsoleProgress", false)
        .config("spark.executor.heartbeatInterval", "3s")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", 8)
        .config("spark.sql.warehouse.dir", work.resolve("warehouse").toAbsolutePath().toString())
        .config("spark.databricks.delta.snapshotPartitions", 2)
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .getOrCreate();
  }
}
