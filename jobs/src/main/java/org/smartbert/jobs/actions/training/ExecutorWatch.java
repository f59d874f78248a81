package org.smartbert.jobs.actions.training;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
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
  private static final long POLL_MILLIS = 100;

  /** Spark's worker sends a process SIGTERM, and kills it ten seconds later. */
  private static final Duration GONE_WITHIN = Duration.ofSeconds(60);

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

  /**
   * Waits until every executor is either heard again or has missed its heartbeats, has the latter
   * replaced, and waits until they are gone; returns their names.
   */
  List<String> replaceSilent(Duration peerTimeout) {
    long interval = spark.conf().getTimeAsMs("spark.executor.heartbeatInterval", "10s");
    long limit = Math.max(peerTimeout.toMillis() / 2, BEATS_MISSED * interval) * 1_000_000;
    long since = System.nanoTime();
    while (executors().anyMatch(e -> heard(e) < since && System.nanoTime() - heard(e) <= limit)) {
      pause();
    }
    List<String> silent =
        executors().filter(executor -> System.nanoTime() - heard(executor) > limit).toList();
    silent.forEach(spark::killAndReplaceExecutor);
    long end = System.nanoTime() + GONE_WITHIN.toNanos();
    while (silent.stream().anyMatch(heard::containsKey) && System.nanoTime() < end) {
      pause();
    }
    return silent;
  }

  private Stream<String> executors() {
    return heard.keySet().stream().filter(executor -> !executor.equals("driver"));
  }

  private long heard(String executor) {
    return heard.getOrDefault(executor, System.nanoTime());
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for executors", e);
    }
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
