package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.training.TrainingSettings.Contrast;
import org.smartbert.model.training.TrainingSettings.Epochs;
import org.smartbert.model.training.TrainingSettings.Frozen;
import org.smartbert.model.training.TrainingSettings.Losses;
import org.smartbert.model.training.TrainingSettings.Optimisation;
import org.smartbert.model.training.TrainingSettings.Rates;
import org.smartbert.model.training.TrainingSettings.Teacher;

/** Each option of the trainer does what its help says. */
class TrainerOptionsTest extends TrainerFixture {
  @Test
  void accumulationChangesNothingButRounding() {
    TrainingSettings calm = settings.with(new Epochs(1, 1, 1, 0, 0));
    Map<String, HostTensor> whole = train(calm.with(rate(1e-4, 1)));
    List<Double> losses = losses();
    events.clear();
    Map<String, HostTensor> parts = train(calm.with(rate(1e-4, 3)));
    assertThat(losses()).hasSameSizeAs(losses);
    for (int i = 0; i < losses.size(); i++) {
      assertThat(losses().get(i)).isCloseTo(losses.get(i), within(1e-4));
    }
    assertThat(largestDifference(whole, parts)).isLessThan(1e-3f);
  }

  private static Optimisation rate(double learningRate, int parts) {
    return optimisation(Rates.of(learningRate), parts);
  }

  @Test
  void frozenLayersStayAsTheyAre() {
    Map<String, HostTensor> backbone = backbone(config);
    Map<String, HostTensor> model =
        train(settings.with(new Epochs(1, 1, 1, 0, 0)).with(Frozen.lowest(2)));
    backbone.forEach(
        (name, before) -> {
          boolean frozen =
              name.startsWith("bert.embeddings.")
                  || name.startsWith("bert.encoder.layer.0.")
                  || name.startsWith("bert.encoder.layer.1.");
          boolean same = model.get(name).values().rewind().equals(before.values().rewind());
          // Key biases have no gradient in exact arithmetic.
          if (!name.endsWith("key.bias")) {
            assertThat(same).as(name).isEqualTo(frozen);
          }
        });
  }

  @Test
  void frozenEmbeddingsStayAsTheyAreWhileEveryLayerIsTrained() {
    Map<String, HostTensor> backbone = backbone(config);
    Map<String, HostTensor> model =
        train(settings.with(new Epochs(1, 1, 1, 0, 0)).with(Frozen.EMBEDDINGS));
    backbone.forEach(
        (name, before) -> {
          if (!name.endsWith("key.bias")) {
            assertThat(model.get(name).values().rewind().equals(before.values().rewind()))
                .as(name)
                .isEqualTo(name.startsWith("bert.embeddings."));
          }
        });
  }

  @Test
  void classWeightsAndSmoothingChangeTheLossAsTheirFormulasSay() {
    train(settings.with(new Epochs(1, 0, 1, 1, 0)).with(losses(0, List.of())));
    double plain = steps().get(0).loss().crossEntropy();
    events.clear();
    train(settings.with(new Epochs(1, 0, 1, 1, 0)).with(losses(0, List.of(5.0, 5.0))));
    // Equal weights cancel: the mean is weighted.
    assertThat(steps().get(0).loss().crossEntropy()).isCloseTo(plain, within(1e-6));
    events.clear();
    train(settings.with(new Epochs(1, 0, 1, 1, 0)).with(losses(0, List.of(0.0, 1.0))));
    double second = steps().get(0).loss().crossEntropy();
    events.clear();
    train(settings.with(new Epochs(1, 0, 1, 1, 0)).with(losses(0, List.of(1.0, 0.0))));
    double first = steps().get(0).loss().crossEntropy();
    // Each class alone; both together, by their shares of the batch, are the plain loss.
    assertThat(plain).isBetween(Math.min(first, second), Math.max(first, second));
    assertThat(first).isNotCloseTo(second, within(1e-6));
    events.clear();
    train(settings.with(new Epochs(1, 0, 1, 1, 0)).with(losses(0.2, List.of())));
    double smoothed = steps().get(0).loss().crossEntropy();
    // 0.9 of the label's and 0.1 of the other class's: at first both are near ln 2.
    assertThat(smoothed).isNotEqualTo(plain).isCloseTo(plain, within(0.2));
    assertThat(ClassWeights.balanced(List.of(1L, 3L))).containsExactly(2.0, 2.0 / 3);
  }

  @Test
  void bfloat16LearnsWhatFloat32Learns() {
    train(settings.with(Precision.BF16));
    List<TrainingEvent.Validation> last = validations(2);
    assertThat(last.get(last.size() - 1).scores().accuracy()).isGreaterThan(0.9);
  }

  private Losses losses(double smoothing, List<Double> weights) {
    return new Losses(
        0, new Contrast(0, 0.5), new Contrast(0, 0.5), new Teacher(1, 1), smoothing, weights);
  }

  private List<Double> losses() {
    return steps().stream().map(step -> step.loss().total()).toList();
  }
}
