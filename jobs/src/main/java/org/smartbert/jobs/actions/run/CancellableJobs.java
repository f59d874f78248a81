package org.smartbert.jobs.actions.run;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;

/**
 * The Spark jobs that the calling thread starts until this is closed. When the process is told to
 * end, they are cancelled, and so is each that would follow; jobs outside, which record how the
 * action ended, are not.
 */
public final class CancellableJobs implements AutoCloseable {
  private static final Set<CancellableJobs> OPEN = ConcurrentHashMap.newKeySet();
  private static volatile Optional<String> cancelled = Optional.empty();

  /** Whether the tasks' threads are interrupted, which ends waiting on other tasks. */
  public enum Interrupt {
    THREADS,
    NOTHING
  }

  private final SparkContext spark;
  private final String group;

  private CancellableJobs(SparkContext spark, String group) {
    this.spark = spark;
    this.group = group;
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
    // Looked at behind the line above: whoever cancels later finds the group.
    cancelled.ifPresent(jobs::cancel);
    return jobs;
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

  private void cancel(String reason) {
    spark.cancelJobGroupAndFutureJobs(group, reason);
  }

  @Override
  public void close() {
    OPEN.remove(this);
    spark.clearJobGroup();
  }
}
