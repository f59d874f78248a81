package org.smartbert.bench.paper;

import java.time.LocalDate;
import org.smartbert.model.training.Metric;

/**
 * A cell at one threshold, on the held-out rows.
 *
 * @param split which rows those are: dev or test
 * @param threshold in nats; FastBERT's is a share of ln C
 * @param lines how many thresholds the cell has in all: it is finished when all are there
 * @param accuracy in percent, whatever the metric is
 * @param rows held-out rows
 */
record ResultLine(
    Cell cell,
    String split,
    float threshold,
    int lines,
    Measure measure,
    double accuracy,
    Compute compute,
    long rows,
    Training training,
    LocalDate date) {

  /** The task's metric with its 95 % interval, in percent. */
  record Measure(Metric metric, double value, double low, double high) {}

  /**
   * Mean work of a row.
   *
   * @param layers executed
   * @param mflops by the row's own tokens; {@code cost} their share of full-depth BERT's
   * @param paperMflops as the paper counts, N = 128 and linear layers only; {@code paperCost} their
   *     share of all layers
   */
  record Compute(double layers, double mflops, double cost, double paperMflops, double paperCost) {}

  /**
   * How the model came to be.
   *
   * @param rows trained on, without those that validate
   * @param steps of both stages
   * @param seconds of training, those before a resumption with it
   * @param validation accuracy in percent of the best epoch of stage 1 on the rows that validate,
   *     exits off
   * @param settings what all cells of the campaign share
   */
  record Training(long rows, long steps, double seconds, double validation, String settings) {}
}
