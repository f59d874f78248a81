package org.smartbert.jobs.actions.scoring;

import java.util.Arrays;
import java.util.Collections;
import java.util.PriorityQueue;

/** How tasks of different sizes fill slots. */
final class SlotLoad {
  private SlotLoad() {}

  /**
   * The part of all the work that the busiest slot gets where each task, in order, is given to the
   * first slot that is free: how long a stage takes, as a share of its task time.
   *
   * @param tasks the work of each
   */
  static double longest(double[] tasks, int slots) {
    PriorityQueue<Double> busy = new PriorityQueue<>(Collections.nCopies(slots, 0.0));
    double longest = 0;
    for (double task : tasks) {
      double end = busy.remove() + task;
      longest = Math.max(longest, end);
      busy.add(end);
    }
    return longest / Arrays.stream(tasks).sum();
  }

  /** The same for tasks of one size. */
  static double longest(int tasks, int slots) {
    return Math.ceil((double) tasks / slots) / tasks;
  }
}
