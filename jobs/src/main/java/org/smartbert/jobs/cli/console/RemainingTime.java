package org.smartbert.jobs.cli.console;

/**
 * Estimates how long work will take from its rate since it first reported: what came before (a
 * start of Spark, a teacher's answers, the rows of an earlier attempt) says nothing of that rate.
 */
final class RemainingTime {
  /** Below this share of what was left at first there is no estimate. */
  private static final double LEAST_SHARE = 0.002;

  private boolean begun;
  private long firstDone;
  private long firstNanos;
  private long total;

  /**
   * Such as {@code 42 s}, {@code 3:05 min}, {@code 1:20 h}, or {@code ?}.
   *
   * @param nanos of a clock that only moves forward
   */
  String after(long done, long total, long nanos) {
    // Another total, or less done than before, is other work: its rate is not known yet.
    if (!begun || total != this.total || done < firstDone) {
      begun = true;
      firstDone = done;
      firstNanos = nanos;
      this.total = total;
    }
    if (done >= total) {
      return DurationText.of(0);
    }
    double share = (double) (done - firstDone) / (total - firstDone);
    return share < LEAST_SHARE
        ? "?"
        : DurationText.of((nanos - firstNanos) / 1e9 * (1 - share) / share);
  }
}
