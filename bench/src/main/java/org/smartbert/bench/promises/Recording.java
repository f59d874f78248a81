package org.smartbert.bench.promises;

import java.util.List;
import org.apache.spark.sql.Row;

/**
 * What recorded rows lose and cost under each policy of a grid, the safest policy first. The rows
 * are the population that samples are drawn from, so that each policy's true risk is known.
 */
final class Recording {
  private final int policies;
  private final byte[][] losses;
  private final long[][] flops;
  private final long[] full;

  /**
   * Rows as they were recorded.
   *
   * @param losses [row][policy]: -1, 0 or 1
   * @param flops [row][policy]
   * @param full FLOPs of a row at full depth
   */
  Recording(byte[][] losses, long[][] flops, long[] full) {
    if (losses.length == 0 || losses.length != flops.length || losses.length != full.length) {
      throw new IllegalArgumentException(
          "Rows: " + losses.length + " losses, " + flops.length + " costs, " + full.length);
    }
    this.policies = losses[0].length;
    this.losses = losses;
    this.flops = flops;
    this.full = full;
  }

  /** From rows of {@link org.smartbert.udfs.PolicyLosses#SCHEMA}. */
  static Recording of(List<Row> rows) {
    byte[][] losses = new byte[rows.size()][];
    long[][] flops = new long[rows.size()][];
    long[] full = new long[rows.size()];
    for (int r = 0; r < losses.length; r++) {
      Row row = rows.get(r);
      losses[r] = row.getAs("losses");
      flops[r] =
          row.<Long>getList(row.fieldIndex("flops")).stream().mapToLong(Long::longValue).toArray();
      full[r] = row.<Long>getAs("flops_full");
    }
    return new Recording(losses, flops, full);
  }

  int rows() {
    return losses.length;
  }

  int policies() {
    return policies;
  }

  int loss(int row, int policy) {
    return losses[row][policy];
  }

  /** Mean loss of a policy over all rows: its true risk. */
  double risk(int policy) {
    long sum = 0;
    for (byte[] row : losses) {
      sum += row[policy];
    }
    return sum / (double) losses.length;
  }

  /** FLOPs of a policy as a share of full depth's, over all rows: its true cost. */
  double cost(int policy) {
    int[] all = new int[losses.length];
    for (int r = 0; r < all.length; r++) {
      all[r] = r;
    }
    return cost(policy, all);
  }

  /** The same over the rows of a sample. */
  double cost(int policy, int[] sample) {
    double spent = 0;
    double atFullDepth = 0;
    for (int row : sample) {
      spent += flops[row][policy];
      atFullDepth += full[row];
    }
    return spent / atFullDepth;
  }
}
