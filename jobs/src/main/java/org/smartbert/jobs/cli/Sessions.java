package org.smartbert.jobs.cli;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.metastore.Metastore;
import org.smartbert.udfs.ComputeDevice;
import picocli.CommandLine.Model.CommandSpec;

/** The Spark session of a command. */
final class Sessions {
  private Sessions() {}

  /** The session of this JVM, with Delta, the SQL functions and the catalog that is asked for. */
  static SparkSession open(CommandSpec command) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .appName("smartbert " + command.name())
            .config(
                "spark.sql.extensions",
                "io.delta.sql.DeltaSparkSessionExtension,org.smartbert.udfs.SmartBertExtensions")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    Path warehouse = ((Main) command.root().userObject()).warehouse(command.name());
    if (warehouse != null) {
      Metastore.settings(warehouse).forEach(builder::config);
    }
    SparkSession spark = builder.getOrCreate();
    ComputeDevice.requireStartable(spark.sparkContext());
    return spark;
  }
}
