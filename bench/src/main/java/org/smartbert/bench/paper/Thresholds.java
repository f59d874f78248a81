package org.smartbert.bench.paper;

import java.util.List;
import java.util.TreeSet;
import org.smartbert.model.bert.Method;

/**
 * The entropy thresholds of a curve: table 1's, and shares of the highest entropy that there is, ln
 * C for C classes. FastBERT's thresholds are such shares themselves.
 */
final class Thresholds {
  /** Table 1's three, and 0, which never exits. */
  static final List<Float> OF_PAPER = List.of(0f, 0.1f, 0.3f, 0.5f);

  private static final double[] SHARES = {
    0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99
  };

  private Thresholds() {}

  /** In rising order, with three decimals; 0 alone for a network that has one classifier. */
  static List<Float> of(Method.Mechanism mechanism, int classes) {
    if (!mechanism.exits()) {
      return List.of(0f);
    }
    double highest = mechanism.method() == Method.FASTBERT ? 1 : Math.log(classes);
    TreeSet<Float> all = new TreeSet<>(OF_PAPER);
    for (double share : SHARES) {
      all.add(Math.round(1000 * share * highest) / 1000f);
    }
    return List.copyOf(all);
  }
}
