package org.smartbert.jobs.cli.options;

import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.io.TableLocation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A table that score wrote. */
public final class PredictionsOption {
  @Option(
      names = "--predictions",
      required = true,
      paramLabel = "PATH|TABLE",
      description = "What score wrote.")
  private String predictions;

  public @Mixin PrefixOption prefix;

  public TableLocation table(SparkSession spark) {
    return TableLocation.parse(predictions, spark);
  }
}
