package org.smartbert.udfs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.ModelDirectory;

/**
 * The models of this executor's JVM: each is loaded once and shared by all tasks until the JVM
 * ends. A load that fails is tried again by the next task.
 */
final class ExecutorModels {
  private static final Map<ModelReference, SmartBertModel> LOADED = new HashMap<>();
  private static final AtomicInteger LOADS = new AtomicInteger();

  private ExecutorModels() {}

  static synchronized SmartBertModel of(ModelReference reference) {
    SmartBertModel model = LOADED.get(reference);
    if (model == null) {
      model = load(reference);
      LOADED.put(reference, model);
      Runtime.getRuntime().addShutdownHook(new Thread(model::close));
    }
    return model;
  }

  /** How many models this JVM has loaded. */
  static int loads() {
    return LOADS.get();
  }

  private static SmartBertModel load(ModelReference reference) {
    Path directory = ModelReference.local(reference.location(), new Configuration());
    if (!Files.isDirectory(directory)) {
      throw new InvalidInputException(
          "Executor %s does not see the model directory %s; put the model where every executor can"
              + " read it.",
          SparkEnv.get().executorId(), reference.location());
    }
    if (!ModelDirectory.digest(directory).equals(reference.digest())) {
      throw new InvalidInputException(
          "The model in %s changed while the job ran, or executor %s sees another one; start the"
              + " job again.",
          reference.location(), SparkEnv.get().executorId());
    }
    LOADS.incrementAndGet();
    return SmartBertModel.load(directory, reference.maxTokens(), reference.precision());
  }
}
