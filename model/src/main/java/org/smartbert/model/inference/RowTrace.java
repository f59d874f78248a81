package org.smartbert.model.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.smartbert.model.cost.Flops;

/** What happened to one row on its way through the layers, and what it cost. */
public final class RowTrace {
  private final int tokens;
  private final boolean[] skipped;
  private int looked;
  private long flops;
  private final List<Answer> answers = new ArrayList<>();
  private float[] logits;
  private float[] probabilities;

  public RowTrace(int tokens, int layers) {
    this.tokens = tokens;
    this.skipped = new boolean[layers];
  }

  /** How many layers were looked at, skipped ones counted. */
  public int looked() {
    return looked;
  }

  public void gateAsked(Flops cost) {
    flops += cost.gate(tokens);
  }

  public void layerSkipped() {
    skipped[looked++] = true;
  }

  public void layerExecuted(Flops cost) {
    looked++;
    flops += cost.layer(tokens);
  }

  /** The classifier of the last layer looked at has spoken. */
  public Answer answered(float[] newLogits, float[] newProbabilities, float entropy, Flops cost) {
    flops += cost.classifier(looked - 1, tokens);
    logits = newLogits;
    probabilities = newProbabilities;
    Answer answer = Answer.of(looked, probabilities, entropy);
    answers.add(answer);
    return answer;
  }

  /** The row leaves with the last answer. */
  public Decision decided(Flops cost) {
    return new Decision(
        logits,
        probabilities,
        Arrays.copyOf(skipped, looked),
        flops,
        cost.full(tokens),
        List.copyOf(answers));
  }
}
