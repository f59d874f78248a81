package org.smartbert.model.inference;

/**
 * One exit classifier's answer for a row.
 *
 * @param layer from 1
 * @param label the most probable class; the lowest of equals
 * @param confidence its probability
 * @param entropy of the classifier's distribution, in nats
 */
public record Answer(int layer, int label, float confidence, float entropy) {
  static Answer of(int layer, float[] probabilities, float entropy) {
    int best = 0;
    for (int c = 1; c < probabilities.length; c++) {
      if (probabilities[c] > probabilities[best]) {
        best = c;
      }
    }
    return new Answer(layer, best, probabilities[best], entropy);
  }
}
