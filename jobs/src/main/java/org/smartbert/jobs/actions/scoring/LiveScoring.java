package org.smartbert.jobs.actions.scoring;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.smartbert.jobs.actions.run.Progress;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Shows scoring while it runs: finished tasks by their end, running ones by their executors'
 * heartbeats.
 */
public final class LiveScoring extends SparkListener implements AutoCloseable {
  private static final String PREFIX = "smartbert.";

  private final Progress progress;
  private final long totalRows;
  private final Pace pace;
  private final Map<Long, Map<String, Long>> running = new HashMap<>();
  private final Map<String, Long> finished = new HashMap<>();
  private long doneBefore;

  /** What rows per second are of, and what else is known of the work. */
  public interface Pace {
    /** Since now. */
    static Pace ofNow() {
      long started = System.nanoTime();
      return () -> System.nanoTime() - started;
    }

    /** Time in which rows were scored, in nanoseconds. */
    long activeNanos();

    /** More text. */
    default String more() {
      return "";
    }
  }

  LiveScoring(Progress progress, long totalRows) {
    this(progress, totalRows, Pace.ofNow());
  }

  /**
   * @param totalRows {@link Progress#UNKNOWN} for a stream
   */
  public LiveScoring(Progress progress, long totalRows, Pace pace) {
    this.progress = progress;
    this.totalRows = totalRows;
    this.pace = pace;
  }

  /** Rows that an earlier attempt has written count as done. */
  synchronized void addDone(long rows) {
    doneBefore += rows;
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    for (var task : CollectionConverters.asJava(update.accumUpdates())) {
      Map<String, Long> now = new HashMap<>();
      for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
        read(info, now);
      }
      if (!now.isEmpty()) {
        running.put((Long) task._1(), now);
      }
    }
    show();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    running.remove(end.taskInfo().taskId());
    if (end.taskInfo().successful()) {
      Map<String, Long> last = new HashMap<>();
      for (AccumulableInfo info : CollectionConverters.asJava(end.taskInfo().accumulables())) {
        read(info, last);
      }
      last.forEach((name, value) -> finished.merge(name, value, Long::sum));
    }
  }

  private static void read(AccumulableInfo info, Map<String, Long> into) {
    String name = info.name().getOrElse(() -> "");
    if (name.startsWith(PREFIX) && info.update().isDefined()) {
      into.put(
          name.substring(PREFIX.length()), Long.parseLong(String.valueOf(info.update().get())));
    }
  }

  private void show() {
    Map<String, Long> all = new HashMap<>(finished);
    running.values().forEach(task -> task.forEach((name, v) -> all.merge(name, v, Long::sum)));
    long rows = all.getOrDefault("rows", 0L);
    if (rows == 0 && totalRows == Progress.UNKNOWN) {
      return;
    }
    double seconds = Math.max(pace.activeNanos(), 1) / 1e9;
    double layers = (double) all.getOrDefault("layers", 0L) / Math.max(rows, 1);
    double cost =
        (double) all.getOrDefault("flops", 0L) / Math.max(all.getOrDefault("flops_full", 0L), 1);
    progress.show(
        doneBefore + rows,
        totalRows,
        String.format(
            Locale.ROOT,
            "%,d%s rows  %,.0f rows/s  %.1f layers  cost %.2f%s",
            doneBefore + rows,
            totalRows == Progress.UNKNOWN ? "" : String.format(Locale.ROOT, " of %,d", totalRows),
            rows / seconds,
            layers,
            cost,
            pace.more()));
  }

  @Override
  public void close() {
    progress.close();
  }
}
