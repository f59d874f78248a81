package org.smartbert.jobs.cli.options;

import org.apache.spark.sql.SparkSession;
import org.smartbert.udfs.ComputeDevice;
import picocli.CommandLine.Option;

/** What a network is computed on when it scores. */
public final class DeviceOption {
  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "auto|cpu|gpu",
      description =
          "What tasks compute on; auto is a GPU where Spark hands one to each task, see"
              + " conf/gpu-scoring.conf (default: ${DEFAULT-VALUE}).")
  private ComputeDevice.Wish wish;

  /**
   * The device of a session's tasks.
   *
   * @throws org.smartbert.model.InvalidInputException for GPUs that Spark does not hand out
   */
  public ComputeDevice in(SparkSession spark, PrecisionOption precision) {
    return wish.in(spark.sparkContext().getConf(), precision.asked());
  }
}
