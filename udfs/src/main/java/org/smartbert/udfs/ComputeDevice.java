package org.smartbert.udfs;

import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.torch.TorchDevice;

/** What tasks compute on. */
public enum ComputeDevice {
  CPU,
  GPU;

  private static final String OF_EXECUTORS = "spark.executor.resource.gpu.amount";
  private static final String OF_TASKS = "spark.task.resource.gpu.amount";

  /** The device that a user requests. */
  public enum Requested {
    /** A GPU where Spark assigns one to each task, but for int8, which is for processors. */
    AUTO,
    CPU,
    GPU;

    /**
     * What the tasks of a query compute on, chosen by the driver so that all rows of a run are
     * computed alike.
     *
     * @param precision that is asked for; empty where it may be any
     * @throws InvalidInputException for a GPU that Spark does not hand to tasks
     */
    public ComputeDevice in(SparkConf conf, Optional<Precision> precision) {
      boolean given = conf.getDouble(OF_TASKS, 0) > 0;
      if (this == GPU && !given) {
        throw new InvalidInputException(
            "The device gpu needs GPUs that Spark assigns to each task, and %s is not set; start"
                + " with --properties-file conf/gpu-scoring.conf on a cluster whose workers have a"
                + " GPU discovery script.",
            OF_TASKS);
      }
      boolean suits = this == GPU || !precision.equals(Optional.of(Precision.INT8));
      return this != CPU && given && suits ? ComputeDevice.GPU : ComputeDevice.CPU;
    }
  }

  /** Refuses GPUs for tasks where no task would ever get one, and so none would ever start. */
  public static void requireStartable(SparkContext spark) {
    if (spark.isLocal() && spark.getConf().contains(OF_TASKS)) {
      throw new InvalidInputException(
          "%s is set and the master is %s, which cannot assign GPUs, so that no task would start;"
              + " give --master spark://HOST:7077, or leave it out.",
          OF_TASKS, spark.master());
    }
  }

  /** Refuses GPUs that Spark has none of, rather than training on processors in silence. */
  public void requireOfExecutors(SparkConf conf) {
    if (this == GPU && conf.getInt(OF_EXECUTORS, 0) < 1) {
      throw new InvalidInputException(
          "--device gpu needs GPUs that Spark assigns to its tasks, and %s is not set; start with"
              + " --properties-file conf/gpu.conf on a cluster whose workers have a GPU discovery"
              + " script.",
          OF_EXECUTORS);
    }
  }

  /** This task's device. */
  public TorchDevice of(TaskContext task) {
    return this == CPU ? TorchDevice.CPU : TorchDevice.gpu(address(task.resourcesJMap()));
  }

  private static int address(Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get("gpu");
    if (gpu == null || gpu.addresses().length == 0) {
      throw new InvalidInputException(
          "This task computes on a GPU and Spark gave it none; set %s and %s and the workers'"
              + " spark.worker.resource.gpu.discoveryScript (see conf/gpu.conf), or choose the"
              + " device cpu.",
          OF_EXECUTORS, OF_TASKS);
    }
    String address = gpu.addresses()[0];
    if (!address.matches("\\d{1,4}")) {
      throw new InvalidInputException(
          "Spark calls this task's GPU %s; let spark.worker.resource.gpu.discoveryScript name GPUs"
              + " by their numbers, as conf/gpu-discovery.sh does.",
          address);
    }
    return Integer.parseInt(address);
  }
}
