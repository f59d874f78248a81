package org.smartbert.jobs.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Knows when each executor was last heard, and whether one was lost. One that hangs keeps its slots
 * for two minutes by Spark's own clock; after a broken attempt it is replaced at once.
 */
public final class ExecutorWatch extends SparkListener implements AutoCloseable {
  private static final int BEATS_MISSED = 4;

  private final SparkContext spark;
  private final Map<String, Long> heard = new ConcurrentHashMap<>();

  private volatile boolean lostOne;

  private ExecutorWatch(SparkContext spark) {
    this.spark = spark;
  }

  /** Begins to watch. */
  public static ExecutorWatch of(SparkContext spark) {
    ExecutorWatch watch = new ExecutorWatch(spark);
    spark.addSparkListener(watch);
    return watch;
  }

  /** Whether an executor was lost since the watch began; another may be on its way. */
  boolean lostOne() {
    return lostOne;
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded added) {
    heard.put(added.executorId(), System.nanoTime());
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    heard.remove(removed.executorId());
    lostOne = true;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    heard.put(update.execId(), System.nanoTime());
  }

  /** Has executors replaced that miss their heartbeats; returns their names. */
  List<String> replaceSilent(Duration peerTimeout) {
    long interval = spark.conf().getTimeAsMs("spark.executor.heartbeatInterval", "10s");
    long limit = Math.max(peerTimeout.toMillis() / 2, BEATS_MISSED * interval) * 1_000_000;
    List<String> replaced = new ArrayList<>();
    heard.forEach(
        (executor, when) -> {
          boolean isExecutor = !executor.equals("driver");
          if (isExecutor && System.nanoTime() - when > limit) {
            spark.killAndReplaceExecutor(executor);
            replaced.add(executor);
          }
        });
    return replaced;
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
