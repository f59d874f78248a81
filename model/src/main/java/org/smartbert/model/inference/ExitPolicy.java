package org.smartbert.model.inference;

import java.io.Serializable;
import org.smartbert.model.bert.Method;

/** When a row leaves after a layer's classifier (section 3.4, equation 10). */
public sealed interface ExitPolicy extends Serializable {
  /**
   * Whether a row leaves.
   *
   * @param entropy of the classifier's distribution, in nats
   * @param classes C
   */
  boolean exits(float entropy, int classes);

  /** Whether a row can exit early at all; if not, only the last classifier is computed. */
  default boolean canExit() {
    return true;
  }

  /**
   * The rule of a method. SmartBERT's and DeeBERT's threshold is in nats, FastBERT's a share of ln
   * C.
   */
  static ExitPolicy of(Method method, float threshold) {
    return method == Method.FASTBERT ? new NormalisedEntropy(threshold) : new Entropy(threshold);
  }

  /** Exit where the entropy is strictly below {@code threshold} nats; 0 never exits early. */
  record Entropy(float threshold) implements ExitPolicy {
    public Entropy {
      if (!(threshold >= 0)) {
        throw new IllegalArgumentException("The entropy threshold " + threshold + " is negative");
      }
    }

    @Override
    public boolean exits(float entropy, int classes) {
      return entropy < threshold;
    }

    @Override
    public boolean canExit() {
      return threshold > 0;
    }
  }

  /** FastBERT's rule: entropy divided by ln C strictly below {@code threshold}. */
  record NormalisedEntropy(float threshold) implements ExitPolicy {
    public NormalisedEntropy {
      if (!(threshold >= 0)) {
        throw new IllegalArgumentException("The entropy threshold " + threshold + " is negative");
      }
    }

    @Override
    public boolean exits(float entropy, int classes) {
      return entropy / Math.log(classes) < threshold;
    }

    @Override
    public boolean canExit() {
      return threshold > 0;
    }
  }

  /** Evaluates every classifier and exits at none: the input of {@link Replay}. */
  record EvaluateAll() implements ExitPolicy {
    @Override
    public boolean exits(float entropy, int classes) {
      return false;
    }
  }

  /** Disables early exit ("skip only", or full depth with the gates off). */
  record Never() implements ExitPolicy {
    @Override
    public boolean exits(float entropy, int classes) {
      return false;
    }

    @Override
    public boolean canExit() {
      return false;
    }
  }
}
