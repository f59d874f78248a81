package org.smartbert.jobs.actions.run;

import org.apache.spark.SparkException;
import org.smartbert.jobs.io.Causes;

/** Tells the end of a job that somebody wanted from one that broke. */
public final class Cancellation {
  private Cancellation() {}

  /** Whether Spark says so: its job was cancelled, or its context was shut down. */
  public static boolean isReportedBy(Throwable failure) {
    return failure instanceof SparkException spark
        && ("SPARK_JOB_CANCELLED".equals(spark.getCondition())
            || String.valueOf(spark.getMessage()).contains("because SparkContext was shut down"));
  }

  /** Whether a failure or one of its causes is a cancellation or an interruption. */
  public static boolean led(Throwable failure) {
    return CancellableJobs.cancelReason().isPresent()
        || Causes.of(failure).stream()
            .anyMatch(cause -> isReportedBy(cause) || cause instanceof InterruptedException);
  }
}
