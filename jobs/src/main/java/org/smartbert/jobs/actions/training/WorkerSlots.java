package org.smartbert.jobs.actions.training;

import java.time.Duration;
import java.util.Arrays;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.ComputeDevice;

/** The task slots that a barrier stage needs all at once. */
final class WorkerSlots {
  private static final long POLL_MILLIS = 200;

  private final SparkContext spark;
  private final ResourceProfile profile;

  WorkerSlots(SparkContext spark, ComputeDevice device) {
    this.spark = spark;
    TaskResourceRequests task =
        new TaskResourceRequests().cpus(spark.conf().getInt("spark.task.cpus", 1));
    this.profile =
        device == ComputeDevice.GPU
            ? new ResourceProfileBuilder().require(task.resource("gpu", 1)).build()
            : spark.resourceProfileManager().defaultResourceProfile();
  }

  /** What the training stage requests; other stages need no GPU. */
  ResourceProfile profile() {
    return profile;
  }

  /** Waits until no task runs any more, but no longer than {@code patience}. */
  void awaitIdle(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (runningTasks() > 0 && System.nanoTime() < end) {
      try {
        Thread.sleep(POLL_MILLIS / 4);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private int runningTasks() {
    return Arrays.stream(spark.statusTracker().getExecutorInfos())
        .mapToInt(SparkExecutorInfo::numRunningTasks)
        .sum();
  }

  /**
   * Refuses more workers than there are slots, and does not let Spark wait for them in silence.
   *
   * @param patience how long executors that are on their way are waited for
   */
  void require(int workers, Duration patience) {
    if (spark.conf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new InvalidInputException(
          "spark.dynamicAllocation.enabled is true, and training needs all its executors at once;"
              + " start with --conf spark.dynamicAllocation.enabled=false.");
    }
    long end = System.nanoTime() + patience.toNanos();
    int slots = spark.maxNumConcurrentTasks(profile);
    while (slots < workers && System.nanoTime() < end) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      slots = spark.maxNumConcurrentTasks(profile);
    }
    if (slots < workers) {
      throw new InvalidInputException(
          "--workers is %d and the cluster %s has %d task slot%s; give it more executors or cores,"
              + " or train with fewer workers.",
          workers, spark.master(), slots, slots == 1 ? "" : "s");
    }
  }
}
