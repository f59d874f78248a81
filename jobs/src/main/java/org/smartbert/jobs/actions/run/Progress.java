package org.smartbert.jobs.actions.run;

/** The progress of one long task. */
public interface Progress extends AutoCloseable {
  /** A total that nobody knows. */
  long UNKNOWN = -1;

  /**
   * Shows how far the task is.
   *
   * @param done of {@code total} units; {@link #UNKNOWN} for a total that is not known
   * @param detail more text, for example rows per second
   */
  void show(long done, long total, String detail);

  /** Shows a line that stays, for example a finished epoch. */
  void note(String line);

  /** The task has ended. */
  @Override
  void close();
}
