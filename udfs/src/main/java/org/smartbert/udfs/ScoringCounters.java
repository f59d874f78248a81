package org.smartbert.udfs;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/** What the tasks have done so far, for progress only: a task that is tried again counts twice. */
public record ScoringCounters(
    LongAccumulator rows, LongAccumulator layers, LongAccumulator flops, LongAccumulator flopsFull)
    implements Serializable {
  public static ScoringCounters register(SparkContext context) {
    return new ScoringCounters(
        context.longAccumulator("smartbert.rows"),
        context.longAccumulator("smartbert.layers"),
        context.longAccumulator("smartbert.flops"),
        context.longAccumulator("smartbert.flops_full"));
  }
}
