package org.smartbert.jobs.actions.evaluation;

import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Rows under one exit policy, added up.
 *
 * @param confusion counts [actual][predicted]
 * @param layers executed
 * @param flops by the rows' own tokens; {@code flopsFull} at full depth
 * @param paperFlops in the paper's convention
 */
public record PolicyResult(
    double[][] confusion,
    long rows,
    long layers,
    double flops,
    double flopsFull,
    double paperFlops) {
  /** Adds up the cells of one policy. */
  static PolicyResult of(List<Row> cells, int policy, int classes) {
    double[][] confusion = new double[classes][classes];
    long rows = 0;
    long layers = 0;
    double flops = 0;
    double full = 0;
    double paper = 0;
    for (Row cell : cells) {
      if (cell.getInt(0) == policy) {
        confusion[cell.getInt(1)][cell.getInt(2)] += cell.getLong(3);
        rows += cell.getLong(3);
        layers += cell.getLong(4);
        flops += cell.getLong(5);
        full += cell.getLong(6);
        paper += cell.getLong(7);
      }
    }
    return new PolicyResult(confusion, rows, layers, flops, full, paper);
  }

  public double meanLayers() {
    return (double) layers / rows;
  }

  /** FLOPs over the FLOPs of full depth. */
  public double cost() {
    return flops / flopsFull;
  }
}
