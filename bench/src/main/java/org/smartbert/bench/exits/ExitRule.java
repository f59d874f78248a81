package org.smartbert.bench.exits;

import java.util.List;
import org.smartbert.model.inference.Answer;

/** A rule by which rows leave. */
interface ExitRule {
  /**
   * Whether a row leaves.
   *
   * @param answers of the classifiers so far, the one that was just asked last
   */
  boolean leaves(List<Answer> answers);

  /** Whether the classifier of a layer, from 1, is asked at all; the last one always is. */
  default boolean asks(int layer) {
    return true;
  }

  /** For people. */
  String describe();

  /** The answer that was just given. */
  static Answer now(List<Answer> answers) {
    return answers.get(answers.size() - 1);
  }

  /** How many of the answers before agree with the one that was just given without a break. */
  static int agreeing(List<Answer> answers) {
    int label = now(answers).label();
    int count = 0;
    for (int a = answers.size() - 2; a >= 0 && answers.get(a).label() == label; a--) {
      count++;
    }
    return count;
  }
}
