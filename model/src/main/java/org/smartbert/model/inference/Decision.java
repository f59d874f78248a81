package org.smartbert.model.inference;

import java.util.List;

/**
 * What the network said of one row and what it took.
 *
 * @param logits C values of the classifier the row left with
 * @param probabilities softmax of the logits
 * @param entropy of the probabilities, in nats
 * @param exitLayer the last layer looked at, 1..L; L for a row that reached the end
 * @param skipMask one value for each layer looked at (length {@code exitLayer}), true where skipped
 * @param flops what the row took, gates and classifiers included ({@link
 *     org.smartbert.model.cost.Flops})
 * @param flopsFull the same row through all L plain layers and one final classifier
 * @param answers of every classifier that was asked, in the layers' order; the last one decided
 */
public record Decision(
    float[] logits,
    float[] probabilities,
    float entropy,
    int exitLayer,
    boolean[] skipMask,
    long flops,
    long flopsFull,
    List<Answer> answers) {

  /** The index of the most probable class; the lowest of equals. */
  public int label() {
    return answers.get(answers.size() - 1).label();
  }

  /** The probability of {@link #label()}. */
  public float confidence() {
    return probabilities[label()];
  }

  public int layersExecuted() {
    int executed = 0;
    for (boolean skipped : skipMask) {
      executed += skipped ? 0 : 1;
    }
    return executed;
  }
}
