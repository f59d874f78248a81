package org.smartbert.jobs.actions.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.text.EncodedText;

/**
 * How much faster than full depth the same engine is on the clock: one thread of the driver, the
 * arms alternating, medians.
 */
final class RealisedSpeed {
  private static final int ROUNDS = 3;

  private RealisedSpeed() {}

  /** Full depth's seconds over each policy's, on the same rows. */
  static List<Double> of(
      SmartBertModel model, List<EncodedText> rows, Gates gates, List<ExitPolicy> policies) {
    SmartBertModel.useThreads(1);
    List<InferenceSettings> arms = new ArrayList<>();
    arms.add(InferenceSettings.of(new ExitPolicy.Never(), Gates.OFF));
    policies.forEach(policy -> arms.add(InferenceSettings.of(policy, gates)));
    double[][] seconds = new double[arms.size()][ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      for (int arm = 0; arm < arms.size(); arm++) {
        long started = System.nanoTime();
        model.classifier(arms.get(arm)).decide(rows);
        if (round >= 0) {
          seconds[arm][round] = (System.nanoTime() - started) / 1e9;
        }
      }
    }
    double full = median(seconds[0]);
    return Arrays.stream(seconds).skip(1).map(arm -> full / median(arm)).toList();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
