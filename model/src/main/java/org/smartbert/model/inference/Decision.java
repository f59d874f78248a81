package org.smartbert.model.inference;

import java.util.List;

/**
 * The prediction for one row and what it cost.
 *
 * @param logits of the classifier at which the row exited, one per class
 * @param probabilities softmax of the logits
 * @param skipMask one value for each layer that the row reached, true if it was skipped
 * @param flops of this row, gates and classifiers included ({@link org.smartbert.model.cost.Flops})
 * @param flopsFull of the same row through all L layers and the last classifier, without gates
 * @param answers of every classifier that was evaluated, in layer order; the last one decided
 */
public record Decision(
    float[] logits,
    float[] probabilities,
    boolean[] skipMask,
    long flops,
    long flopsFull,
    List<Answer> answers) {

  /** The index of the most probable class; the lowest index on ties. */
  public int label() {
    return last().label();
  }

  /** The probability of {@link #label()}. */
  public float confidence() {
    return probabilities[label()];
  }

  /** The entropy of the probabilities, in nats. */
  public float entropy() {
    return last().entropy();
  }

  /** The last layer that the row reached, 1..L; L for a row without an early exit. */
  public int exitLayer() {
    return skipMask.length;
  }

  /** The number of layers that the row reached and did not skip. */
  public int layersExecuted() {
    int executed = 0;
    for (boolean skipped : skipMask) {
      executed += skipped ? 0 : 1;
    }
    return executed;
  }

  private Answer last() {
    return answers.get(answers.size() - 1);
  }
}
