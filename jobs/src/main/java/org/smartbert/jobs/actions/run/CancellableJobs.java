package org.smartbert.jobs.actions.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * The Spark jobs that the calling thread starts until this is closed. When the process is
 * terminated they are cancelled, and so is each that would follow. Jobs that record how an action
 * ended run {@linkplain #outside outside} and are not.
 */
public final class CancellableJobs implements AutoCloseable {
  private static final Set<CancellableJobs> OPEN = ConcurrentHashMap.newKeySet();
  private static volatile Optional<String> cancelled = Optional.empty();

  /** Whether the tasks' threads are interrupted, which ends waiting on other tasks. */
  public enum Interrupt {
    THREADS,
    NOTHING
  }

  /** What Spark keeps of a thread's group. */
  private static final List<String> PROPERTIES =
      List.of("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel");

  private final SparkContext spark;
  private final String group;
  private final Map<String, String> outer;

  private CancellableJobs(SparkContext spark, String group) {
    this.spark = spark;
    this.group = group;
    this.outer = properties(spark);
  }

  private static Map<String, String> properties(SparkContext spark) {
    Map<String, String> properties = new HashMap<>();
    PROPERTIES.forEach(name -> properties.put(name, spark.getLocalProperty(name)));
    return properties;
  }

  /**
   * Begins a group.
   *
   * @param group unique among the context's groups
   * @param description for Spark's UI
   */
  public static CancellableJobs begin(
      SparkContext spark, String group, String description, Interrupt interrupt) {
    CancellableJobs jobs = new CancellableJobs(spark, group);
    spark.setJobGroup(group, description, interrupt == Interrupt.THREADS);
    OPEN.add(jobs);
    // Read after the line above: a later cancellation finds the group.
    cancelled.ifPresent(jobs::cancel);
    return jobs;
  }

  /** Runs an action whose jobs are cancelled when the process is terminated. */
  public static <T> T during(SparkContext spark, String description, Supplier<T> action) {
    String group = description + " " + UUID.randomUUID();
    CancellableJobs jobs = begin(spark, group, description, Interrupt.NOTHING);
    try {
      return action.get();
    } finally {
      jobs.close();
    }
  }

  /** Runs what records how an action ended: its jobs are not cancelled with the action's. */
  public static void outside(SparkContext spark, Runnable recording) {
    Map<String, String> inner = properties(spark);
    spark.clearJobGroup();
    try {
      recording.run();
    } finally {
      inner.forEach(spark::setLocalProperty);
    }
  }

  /**
   * Cancels all groups, also those that begin later: the process ends.
   *
   * @param reason what Spark's exceptions and messages to people say
   */
  public static void cancelAll(String reason) {
    cancelled = Optional.of(reason);
    OPEN.forEach(jobs -> jobs.cancel(reason));
  }

  /** Why all jobs were cancelled, if they were. */
  public static Optional<String> cancelReason() {
    return cancelled;
  }

  /**
   * Cancels the group's jobs, and each that would follow.
   *
   * @param reason what Spark's exceptions say
   */
  public void cancel(String reason) {
    spark.cancelJobGroupAndFutureJobs(group, reason);
  }

  @Override
  public void close() {
    OPEN.remove(this);
    outer.forEach(spark::setLocalProperty);
  }
}
