package org.smartbert.model.training;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The term of stage 1's loss that makes gates skip: a function of the mean of each layer's gate
 * over the rows of the global batch, so that it does not depend on how many workers share the
 * batch.
 */
public sealed interface SkipPenalty extends Serializable {
  /**
   * The penalty.
   *
   * @param gateMeans mean_rows G^i of each layer
   */
  double of(double[] gateMeans);

  /** The penalty's derivative by a layer's mean, which is the same for all layers. */
  double slope(double[] gateMeans);

  /**
   * Whether the means are those of the gates as they are read: in hard epochs of 1[G >= threshold],
   * with the gradient of G, as equations 11 and 12 have it; otherwise of G itself.
   */
  boolean countsHardGates();

  /** The paper's (equation 3): λ / S, S the sum of the means over layers. */
  record Reciprocal(double lambda) implements SkipPenalty {
    @Override
    public double of(double[] gateMeans) {
      return lambda / sum(gateMeans);
    }

    @Override
    public double slope(double[] gateMeans) {
      double sum = sum(gateMeans);
      return -(lambda / (sum * sum));
    }

    @Override
    public boolean countsHardGates() {
      return false;
    }
  }

  /**
   * A budget: {@value #WEIGHT} (E - share)², where E = mean_i (1 - mean_rows G^i) is the share of
   * the layers that are executed, in hard epochs as counted. A tenth of the layers too many costs
   * 0.01 nats, and half of them 0.25. The weight was not searched on real sets; with 10 the
   * classifier learnt nothing on the tests' rows. Too few layers cost as much: where all gates
   * skip, nothing else would open one again.
   *
   * @param share of the layers, above 0 and at most 1
   */
  record Budget(double share) implements SkipPenalty {
    private static final double WEIGHT = 1;

    @Override
    public double of(double[] gateMeans) {
      double excess = excess(gateMeans);
      return WEIGHT * excess * excess;
    }

    @Override
    public double slope(double[] gateMeans) {
      return -2 * WEIGHT * excess(gateMeans) / gateMeans.length;
    }

    @Override
    public boolean countsHardGates() {
      return true;
    }

    private double excess(double[] gateMeans) {
      return 1 - sum(gateMeans) / gateMeans.length - share;
    }
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }
}
