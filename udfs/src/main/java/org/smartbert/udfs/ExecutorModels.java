package org.smartbert.udfs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.network.util.JavaUtils;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.torch.TorchDevice;

/**
 * The models of this executor's JVM: each is loaded once and shared by all tasks. Those that no
 * task uses are closed, the least recently used first, beyond {@value #MAX_MODELS} models (default
 * 8) or {@value #MAX_BYTES} of weights (default 4g). A load that fails is tried again by the next
 * task.
 */
public final class ExecutorModels {
  /** How many models a JVM keeps. */
  public static final String MAX_MODELS = "spark.smartbert.models.max";

  /** How much native memory the weights of the models take that a JVM keeps. */
  public static final String MAX_BYTES = "spark.smartbert.models.maxBytes";

  private static final AtomicInteger LOADS = new AtomicInteger();
  private static final int MODELS = 8;
  private static final String BYTES = "4g";

  private static LeasedCache<Placed, SmartBertModel> cache;

  private record Placed(ModelReference reference, TorchDevice device) {}

  private ExecutorModels() {}

  /**
   * The model for the calling task, on the task's device, until the lease is closed; the task may
   * use as many threads as it has cores. On the driver, which Spark gives neither, it is one thread
   * of the processor.
   */
  static LeasedCache.Lease<SmartBertModel> ofTask(ModelReference reference) {
    NativeShutdown.install();
    TaskContext task = TaskContext.get();
    SmartBertModel.useThreads(task == null ? 1 : task.cpus());
    TorchDevice device = task == null ? TorchDevice.CPU : reference.device().of(task);
    return cache()
        .acquire(
            new Placed(reference, device), placed -> load(placed.reference(), placed.device()));
  }

  private static synchronized LeasedCache<Placed, SmartBertModel> cache() {
    if (cache == null) {
      cache = new LeasedCache<>(limits(SparkEnv.get().conf()), SmartBertModel::bytes);
    }
    return cache;
  }

  /**
   * The limits that a configuration sets.
   *
   * @throws InvalidInputException if one is no number, or not above 0
   */
  public static LeasedCache.Limits limits(SparkConf conf) {
    try {
      int models = conf.getInt(MAX_MODELS, MODELS);
      long bytes = JavaUtils.byteStringAsBytes(conf.get(MAX_BYTES, BYTES));
      if (models > 0 && bytes > 0) {
        return new LeasedCache.Limits(models, bytes);
      }
    } catch (IllegalArgumentException e) {
      throw wrong(conf, e);
    }
    throw wrong(conf, null);
  }

  private static InvalidInputException wrong(SparkConf conf, Exception cause) {
    return new InvalidInputException(
        cause,
        "%s is %s and %s is %s; set the first to a number of models above 0 and the second to a"
            + " size such as 4g.",
        MAX_MODELS,
        conf.get(MAX_MODELS, Integer.toString(MODELS)),
        MAX_BYTES,
        conf.get(MAX_BYTES, BYTES));
  }

  /**
   * Hadoop's configuration in a task: that of the executor's class path, and what Spark's settings
   * {@code spark.hadoop.*} add, such as the credentials of an object store.
   */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
  }

  /** How many models this JVM has loaded. */
  static int loads() {
    return LOADS.get();
  }

  private static SmartBertModel load(ModelReference reference, TorchDevice device) {
    Path directory = ModelReference.local(reference.location(), hadoop());
    if (!Files.isDirectory(directory)) {
      throw new InvalidInputException(
          "Executor %s does not see the model directory %s; put the model where every executor can"
              + " read it.",
          SparkEnv.get().executorId(), reference.location());
    }
    if (!ModelDirectory.digest(directory).equals(reference.digest())) {
      throw new InvalidInputException(
          "The model in %s changed while the job ran, or executor %s has another one; start the"
              + " job again.",
          reference.location(), SparkEnv.get().executorId());
    }
    LOADS.incrementAndGet();
    return SmartBertModel.load(directory, reference.maxTokens(), reference.precision(), device);
  }
}
