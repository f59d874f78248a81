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
 * Knows when each executor was last heard. One that hangs keeps its slots for two minutes by
 * Spark's own clock; after a broken attempt it is replaced at once.
 */
final class ExecutorWatch extends SparkListener {
  private static final int BEATS_MISSED = 4;

  private final SparkContext spark;
  private final Map<String, Long> heard = new ConcurrentHashMap<>();

  ExecutorWatch(SparkContext spark) {
    this.spark = spark;
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded added) {
    heard.put(added.executorId(), System.nanoTime());
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    heard.remove(removed.executorId());
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
}
