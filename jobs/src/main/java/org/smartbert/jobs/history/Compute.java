package org.smartbert.jobs.history;

/**
 * What rows cost.
 *
 * @param flops that were executed
 * @param full FLOPs of the same rows at full depth
 */
public record Compute(long flops, long full) {
  /** The share of full depth's FLOPs; 0 where no row was scored. */
  public double cost() {
    return full == 0 ? 0 : (double) flops / full;
  }
}
