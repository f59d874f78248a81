package org.smartbert.jobs.actions.scoring;

import java.util.HashSet;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How long tasks occupied their slots: all tasks of the jobs that the calling thread's job group
 * starts until this is closed. Tasks that failed count too, because they took the time.
 */
final class TaskTime extends SparkListener implements AutoCloseable {
  private static final String GROUP = "spark.jobGroup.id";
  private static final long PATIENCE_MILLIS = 60_000;

  private final SparkContext spark;
  private final String group;
  private final Set<Integer> stages = new HashSet<>();
  private long millis;

  private TaskTime(SparkContext spark) {
    this.spark = spark;
    this.group = spark.getLocalProperty(GROUP);
  }

  static TaskTime start(SparkContext spark) {
    TaskTime time = new TaskTime(spark);
    spark.addSparkListener(time);
    return time;
  }

  /**
   * What work took.
   *
   * @param seconds on the clock
   * @param taskSeconds the sum over its tasks
   */
  record Metered<T>(T value, double seconds, double taskSeconds) {}

  static <T> Metered<T> during(SparkContext spark, Supplier<T> work) {
    try (TaskTime time = start(spark)) {
      long started = System.nanoTime();
      T value = work.get();
      double seconds = (System.nanoTime() - started) / 1e9;
      return new Metered<>(value, seconds, time.seconds());
    }
  }

  /** Cores that Spark gives to a task. */
  static int coresPerTask(SparkContext spark) {
    return spark.conf().getInt("spark.task.cpus", 1);
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    Properties properties = start.properties();
    String of = properties == null ? null : properties.getProperty(GROUP);
    if (Objects.equals(of, group)) {
      for (Object stage : CollectionConverters.asJava(start.stageIds())) {
        stages.add((Integer) stage);
      }
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    if (stages.contains(end.stageId())) {
      millis += end.taskInfo().duration();
    }
  }

  /**
   * The sum so far, in seconds, of all tasks that ended before the call.
   *
   * @throws IllegalStateException if Spark's events are a minute late
   */
  double seconds() {
    try {
      // Events reach listeners on a thread of their own, later than a job's result its caller.
      spark.listenerBus().waitUntilEmpty(PATIENCE_MILLIS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("Spark's listeners are a minute behind its events", e);
    }
    synchronized (this) {
      return millis / 1e3;
    }
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
