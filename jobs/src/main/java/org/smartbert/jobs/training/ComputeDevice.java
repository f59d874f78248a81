package org.smartbert.jobs.training;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceInformation;
import org.smartbert.model.InvalidInputException;

/** What a worker computes on. */
public enum ComputeDevice {
  CPU,
  GPU;

  private static final String GPUS = "spark.executor.resource.gpu.amount";

  /** Refuses a GPU that Spark has none of, rather than computing on the CPU in silence. */
  public void require(SparkConf conf) {
    if (this == GPU && conf.getInt(GPUS, 0) < 1) {
      throw new InvalidInputException(
          "--device gpu needs GPUs that Spark hands to its tasks, and %s is not set; start with"
              + " --properties-file conf/gpu.conf on a cluster whose workers have a GPU discovery"
              + " script.",
          GPUS);
    }
  }

  /** The number of this task's GPU; -1 for the CPU. */
  int address(Map<String, ResourceInformation> resources) {
    if (this == CPU) {
      return -1;
    }
    ResourceInformation gpu = resources.get("gpu");
    if (gpu == null || gpu.addresses().length == 0) {
      throw new InvalidInputException(
          "--device gpu was asked for and Spark gave this task no GPU; set %s and the workers'"
              + " spark.worker.resource.gpu.discoveryScript (see conf/gpu.conf).",
          GPUS);
    }
    return Integer.parseInt(gpu.addresses()[0]);
  }
}
