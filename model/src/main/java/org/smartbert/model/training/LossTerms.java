package org.smartbert.model.training;

import java.io.Serializable;

/**
 * A batch's loss and its terms, over the rows of all workers.
 *
 * @param total the loss that is minimised
 * @param crossEntropy stage 1: of the last classifier; stage 2: summed over classifiers 1..L-1.
 *     Where classifiers learn from another's distribution, the divergence from it
 * @param skipPenalty {@link SkipPenalty}'s; 0 in stage 2
 * @param contrastive before its weight η
 * @param gateMeans the mean probability of skipping each layer, or, where a budget counts hard
 *     gates, the share of rows that skip it; empty in stage 2
 */
public record LossTerms(
    double total, double crossEntropy, double skipPenalty, double contrastive, double[] gateMeans)
    implements Serializable {
  /** The mean of the gates over layers; NaN in stage 2. */
  public double gateMean() {
    double sum = 0;
    for (double mean : gateMeans) {
      sum += mean;
    }
    return sum / gateMeans.length;
  }
}
