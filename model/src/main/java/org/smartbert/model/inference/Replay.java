package org.smartbert.model.inference;

import java.util.List;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.cost.Flops;

/**
 * What a row would have done under any exit policy, from one pass in which every classifier was
 * evaluated ({@link ExitPolicy.EvaluateAll}): gates and states do not depend on the policy, so one
 * pass answers for all.
 */
public final class Replay {
  private final BertConfig config;
  private final Gates gates;
  private final Flops cost;

  /**
   * For recordings of a network.
   *
   * @param gates as they were when the recordings were made
   */
  public Replay(BertConfig config, Gates gates) {
    this.config = config;
    this.gates = config.mechanism().skips() ? gates : Gates.OFF;
    this.cost = new Flops(config);
  }

  /**
   * How a row leaves.
   *
   * @param label the class it leaves with
   * @param exitLayer the last layer looked at, from 1
   * @param layersExecuted those not skipped
   * @param flops by the row's own tokens
   * @param paperFlops in the paper's convention
   */
  public record Outcome(
      int label, int exitLayer, int layersExecuted, long flops, long paperFlops) {}

  /**
   * The outcome under a policy.
   *
   * @param recorded under {@link ExitPolicy.EvaluateAll}
   * @param tokens of the row
   */
  public Outcome under(ExitPolicy policy, Decision recorded, int tokens) {
    List<Answer> evaluated = evaluated(policy, recorded.answers());
    Answer last = evaluated.get(evaluated.size() - 1);
    int executed = 0;
    for (int layer = 0; layer < last.layer(); layer++) {
      executed += recorded.skipMask()[layer] ? 0 : 1;
    }
    int gated = gates == Gates.ON ? last.layer() : 0;
    long flops = gated * cost.gate(tokens) + executed * cost.layer(tokens);
    long paper = gated * cost.paperGate() + executed * cost.paperLayer();
    for (Answer answer : evaluated) {
      flops += cost.classifier(answer.layer() - 1, tokens);
      paper += cost.paperClassifier(answer.layer() - 1);
    }
    return new Outcome(last.label(), last.layer(), executed, flops, paper);
  }

  /** The classifiers that are evaluated until the row leaves, the one that decides last. */
  private List<Answer> evaluated(ExitPolicy policy, List<Answer> answers) {
    int last = answers.size() - 1;
    if (!policy.canExit()) {
      return answers.subList(last, last + 1);
    }
    int leaves = 0;
    while (leaves < last && !policy.exits(answers.get(leaves).entropy(), config.classes())) {
      leaves++;
    }
    return answers.subList(0, leaves + 1);
  }
}
