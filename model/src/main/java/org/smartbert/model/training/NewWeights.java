package org.smartbert.model.training;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.io.HostTensor;

/** Weights that a backbone does not bring: BERT's initialisation, repeatable from a seed. */
public final class NewWeights {
  private NewWeights() {}

  /** Adds each missing tensor: matrices normal with the given deviation, biases 0, norms 1. */
  public static void fill(
      Map<String, HostTensor> weights, List<TensorSpec> specs, double deviation, long seed) {
    for (TensorSpec spec : specs) {
      if (!weights.containsKey(spec.name())) {
        // A generator for each tensor, so that a tensor's values do not depend on the others.
        Random random = new Random(seed * 1_000_003 + spec.name().hashCode());
        float[] values = new float[spec.size()];
        float constant = isNormScale(spec.name()) ? 1f : 0f;
        for (int i = 0; i < values.length; i++) {
          values[i] = spec.undecayed() ? constant : (float) (random.nextGaussian() * deviation);
        }
        weights.put(
            spec.name(),
            HostTensor.of(
                spec.name(), values, spec.shape().stream().mapToLong(Long::longValue).toArray()));
      }
    }
  }

  /** Adds the output bias of each gate that is missing; the gates' other weights are left out. */
  static void fillGateBiases(Map<String, HostTensor> weights, List<TensorSpec> specs, double bias) {
    for (TensorSpec spec : specs) {
      String name = spec.name();
      if (name.startsWith("gates.")
          && name.endsWith(".output.bias")
          && !weights.containsKey(name)) {
        weights.put(name, HostTensor.of(name, new float[] {(float) bias}, 1));
      }
    }
  }

  private static boolean isNormScale(String name) {
    return name.endsWith("LayerNorm.weight")
        || (name.contains("contrast.") && name.endsWith(".1.weight"));
  }
}
