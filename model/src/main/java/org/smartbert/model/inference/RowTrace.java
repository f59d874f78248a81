package org.smartbert.model.inference;

import java.util.Arrays;
import org.smartbert.model.cost.Flops;

/** What happened to one row on its way through the layers, and what it cost. */
final class RowTrace {
  private final int tokens;
  private final boolean[] skipped;
  private int looked;
  private long flops;

  RowTrace(int tokens, int layers) {
    this.tokens = tokens;
    this.skipped = new boolean[layers];
  }

  /** How many layers were looked at, skipped ones counted. */
  int looked() {
    return looked;
  }

  void gateAsked(Flops cost) {
    flops += cost.gate(tokens);
  }

  void layerSkipped() {
    skipped[looked++] = true;
  }

  void layerExecuted(Flops cost) {
    looked++;
    flops += cost.layer(tokens);
  }

  void classifierAsked(Flops cost) {
    flops += cost.classifier(tokens);
  }

  Decision decided(float[] logits, float[] probabilities, float entropy, Flops cost) {
    return new Decision(
        logits,
        probabilities,
        entropy,
        looked,
        Arrays.copyOf(skipped, looked),
        flops,
        cost.full(tokens));
  }
}
