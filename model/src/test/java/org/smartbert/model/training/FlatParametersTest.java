package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;
import org.smartbert.model.torch.TorchScript.Mode;

class FlatParametersTest {
  private static final double DECAY = 0.1;
  private static final LearningRates RATES = new LearningRates(1e-3, 5e-3);

  /** More values than a chunk has. */
  private static final List<TensorSpec> SPECS =
      List.of(
          new TensorSpec("bert.encoder.layer.0.output.dense.weight", List.of(1400L, 101L)),
          new TensorSpec("bert.encoder.layer.0.output.dense.bias", List.of(70_001L)),
          new TensorSpec("classifiers.0.output.weight", List.of(3L, 5L)));

  @Test
  void aStepIsAdamwWithTheGradientClippedWhateverTheChunks() {
    Map<String, HostTensor> values = random(1, 1);
    Map<String, double[]> expected = new LinkedHashMap<>();
    Map<String, double[]> first = new LinkedHashMap<>();
    Map<String, double[]> second = new LinkedHashMap<>();
    values.forEach(
        (name, tensor) -> {
          expected.put(name, doubles(tensor));
          first.put(name, new double[tensor.size()]);
          second.put(name, new double[tensor.size()]);
        });
    try (TorchScript script = TorchScript.training();
        FlatParameters parameters = parameters(script, values, Precision.FP32)) {
      for (int step = 1; step <= 3; step++) {
        // The second step's gradient is small enough to stay as it is.
        Map<String, HostTensor> gradient = random(10 + step, step == 2 ? 1e-4 : 1);
        put(script, parameters, gradient);
        double norm =
            Math.sqrt(
                gradient.values().stream()
                    .flatMapToDouble(tensor -> Arrays.stream(doubles(tensor)))
                    .map(x -> x * x)
                    .sum());
        assertThat(parameters.step(1.0, RATES, DECAY)).isCloseTo(norm, within(1e-5 * norm));
        double scale = Math.min(1, 1 / (norm + 1e-6));
        for (String name : expected.keySet()) {
          adamw(
              expected.get(name),
              doubles(gradient.get(name)),
              first.get(name),
              second.get(name),
              scale,
              step,
              name);
        }
      }
      assertThat(parameters.steps()).isEqualTo(3);
      parameters
          .values()
          .inPlace()
          .forEach(
              (name, tensor) ->
                  assertThat(doubles(tensor))
                      .as(name)
                      .containsExactly(expected.get(name), within(2e-6)));
    }
  }

  private static void adamw(
      double[] p, double[] g, double[] m, double[] v, double scale, int step, String name) {
    double rate = name.startsWith("bert.") ? RATES.backbone() : RATES.heads();
    double decay = name.endsWith("bias") ? 0 : DECAY;
    for (int i = 0; i < p.length; i++) {
      double clipped = scale * g[i];
      m[i] = 0.9 * m[i] + 0.1 * clipped;
      v[i] = 0.999 * v[i] + 0.001 * clipped * clipped;
      double corrected = m[i] / (1 - Math.pow(0.9, step));
      double deviation = Math.sqrt(v[i] / (1 - Math.pow(0.999, step))) + 1e-8;
      p[i] = p[i] * (1 - rate * decay) - rate * corrected / deviation;
    }
  }

  @Test
  void theNetworkComputesWithTheRoundedValuesAfterEveryStepAndRestore() {
    Map<String, HostTensor> values = random(2, 1);
    try (TorchScript script = TorchScript.training();
        FlatParameters parameters = parameters(script, values, Precision.BF16)) {
      assertRounded(script, parameters);
      StageState before = new StageState(values, random(3, 1e-3), zeros(), parameters.steps());
      put(script, parameters, random(4, 1));
      parameters.step(1.0, RATES, DECAY);
      assertRounded(script, parameters);
      assertThat(parameters.values().copy()).isNotEqualTo(values);
      parameters.restore(before);
      assertRounded(script, parameters);
      parameters
          .values()
          .copy()
          .forEach(
              (name, tensor) -> assertThat(doubles(tensor)).isEqualTo(doubles(values.get(name))));
    }
  }

  private static void assertRounded(TorchScript script, FlatParameters parameters) {
    try (NDManager scope = NDManager.newBaseManager(TorchDevice.CPU.djl())) {
      int float32 = Precision.FP32.scalarType();
      float[] working =
          script
              .call(Mode.CONSTANT, scope, "cast", parameters.working(), float32)
              .get(0)
              .toFloatArray();
      float[] values = parameters.values().tensor().toFloatArray();
      for (int i = 0; i < values.length; i++) {
        int bits = Float.floatToRawIntBits(values[i]);
        int nearest = (bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000;
        assertThat(working[i]).as("value %d", i).isEqualTo(Float.intBitsToFloat(nearest));
      }
    }
  }

  private static void put(
      TorchScript script, FlatParameters parameters, Map<String, HostTensor> gradient) {
    new FlatVector(script, new ParameterLayout(SPECS), parameters.gradient().tensor())
        .fill(gradient);
  }

  private static FlatParameters parameters(
      TorchScript script, Map<String, HostTensor> values, Precision precision) {
    return new FlatParameters(
        new ParameterLayout(SPECS), values, precision, script, TorchDevice.CPU);
  }

  private static Map<String, HostTensor> zeros() {
    return random(1, 0);
  }

  private static Map<String, HostTensor> random(long seed, double deviation) {
    Random random = new Random(seed);
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    for (TensorSpec spec : SPECS) {
      float[] values = new float[spec.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * deviation);
      }
      tensors.put(spec.name(), new HostTensor(spec.name(), spec.shape(), FloatBuffer.wrap(values)));
    }
    return tensors;
  }

  private static double[] doubles(HostTensor tensor) {
    double[] values = new double[tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.values().get(i);
    }
    return values;
  }
}
