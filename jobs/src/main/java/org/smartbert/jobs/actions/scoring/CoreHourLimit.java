package org.smartbert.jobs.actions.scoring;

import java.util.OptionalDouble;
import org.apache.spark.SparkContext;

/**
 * The core-hours that the tasks of the calling thread's job group take until this is closed, and
 * their limit.
 */
final class CoreHourLimit implements AutoCloseable {
  private static final double SECONDS_PER_HOUR = 3600;

  private final OptionalDouble limit;
  private final int coresPerTask;
  private final TaskTime time;

  private CoreHourLimit(OptionalDouble limit, SparkContext spark) {
    this.limit = limit;
    this.coresPerTask = TaskTime.coresPerTask(spark);
    this.time = TaskTime.start(spark);
  }

  /**
   * Begins to count.
   *
   * @param limit in core-hours; empty for none
   */
  static CoreHourLimit start(OptionalDouble limit, SparkContext spark) {
    return new CoreHourLimit(limit, spark);
  }

  /** Core-hours so far. */
  double used() {
    return time.seconds() * coresPerTask / SECONDS_PER_HOUR;
  }

  boolean reached() {
    return limit.isPresent() && used() >= limit.getAsDouble();
  }

  @Override
  public void close() {
    time.close();
  }
}
