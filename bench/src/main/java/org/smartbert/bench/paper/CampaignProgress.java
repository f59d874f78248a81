package org.smartbert.bench.paper;

import java.io.PrintWriter;
import java.util.Locale;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.actions.run.ProgressDisplay;

/** The progress of a cell's training in a log: what stays, and one line every few minutes. */
record CampaignProgress(PrintWriter err) implements ProgressDisplay {
  private static final long INTERVAL_NANOS = 180_000_000_000L;

  @Override
  public Progress start(String task) {
    return new Lines(task);
  }

  private final class Lines implements Progress {
    private final String task;
    private long last = System.nanoTime();

    Lines(String task) {
      this.task = task;
    }

    @Override
    public synchronized void show(long done, long total, String detail) {
      if (System.nanoTime() - last >= INTERVAL_NANOS) {
        last = System.nanoTime();
        err.printf(
            Locale.ROOT,
            "  %s %.0f %%  %s%n",
            task,
            100.0 * done / Math.max(1, total),
            detail.strip());
        err.flush();
      }
    }

    @Override
    public synchronized void note(String line) {
      err.println("  " + line.strip());
      err.flush();
    }

    @Override
    public void close() {}
  }
}
