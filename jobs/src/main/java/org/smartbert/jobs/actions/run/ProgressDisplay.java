package org.smartbert.jobs.actions.run;

/** Where actions show the progress of long tasks; they never print themselves. */
public interface ProgressDisplay {
  /** Shows nothing. */
  ProgressDisplay NONE = task -> new Silent();

  /**
   * Begins to show a task.
   *
   * @param task its name, for example "Scoring"
   */
  Progress start(String task);

  /** Progress that nobody watches. */
  final class Silent implements Progress {
    @Override
    public void show(long done, long total, String detail) {}

    @Override
    public void note(String line) {}

    @Override
    public void close() {}
  }
}
