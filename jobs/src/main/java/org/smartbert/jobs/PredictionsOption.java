package org.smartbert.jobs;

import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.tables.TableLocation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A table that score wrote. */
final class PredictionsOption {
  @Option(
      names = "--predictions",
      required = true,
      paramLabel = "PATH|TABLE",
      description = "What score wrote.")
  private String predictions;

  @Mixin PrefixOption prefix;

  TableLocation table(SparkSession spark) {
    return TableLocation.parse(predictions, spark);
  }
}
