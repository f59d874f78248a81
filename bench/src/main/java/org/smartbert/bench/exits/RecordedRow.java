package org.smartbert.bench.exits;

import java.util.List;
import org.smartbert.model.cost.Flops;
import org.smartbert.model.inference.Answer;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.Gates;

/**
 * What every classifier answered for a row, and what leaving there costs.
 *
 * @param truth the true class
 * @param answers of all classifiers that were evaluated, the one at the end last
 * @param network FLOPs of gates and layers until each answer
 * @param classifiers FLOPs of each answer's classifier
 * @param full FLOPs of full depth
 */
record RecordedRow(int truth, List<Answer> answers, long[] network, long[] classifiers, long full) {
  static RecordedRow of(Decision decision, int truth, int tokens, Flops flops, Gates gates) {
    List<Answer> answers = decision.answers();
    long[] network = new long[answers.size()];
    long[] classifiers = new long[answers.size()];
    for (int a = 0; a < network.length; a++) {
      int layer = answers.get(a).layer();
      int executed = 0;
      for (int i = 0; i < layer; i++) {
        executed += decision.skipMask()[i] ? 0 : 1;
      }
      long gated = gates == Gates.ON ? layer * flops.gate(tokens) : 0;
      network[a] = gated + executed * flops.layer(tokens);
      classifiers[a] = flops.classifier(layer - 1, tokens);
    }
    return new RecordedRow(truth, answers, network, classifiers, decision.flopsFull());
  }

  /** How the row fares under a rule. */
  Outcome under(ExitRule rule) {
    int last = answers.size() - 1;
    long asked = 0;
    for (int a = 0; a < last; a++) {
      if (rule.asks(answers.get(a).layer())) {
        asked += classifiers[a];
        if (rule.leaves(answers.subList(0, a + 1))) {
          return outcome(a, asked);
        }
      }
    }
    return outcome(last, asked + classifiers[last]);
  }

  private Outcome outcome(int answer, long asked) {
    return new Outcome(answers.get(answer).label() == truth, network[answer] + asked);
  }

  /**
   * What came of a row.
   *
   * @param flops that it took
   */
  record Outcome(boolean right, long flops) {}
}
