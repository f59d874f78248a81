package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.training.TrainingSettings.Contrast;
import org.smartbert.model.training.TrainingSettings.Epochs;
import org.smartbert.model.training.TrainingSettings.Frozen;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;
import org.smartbert.model.training.TrainingSettings.Losses;
import org.smartbert.model.training.TrainingSettings.Optimisation;
import org.smartbert.model.training.TrainingSettings.Rates;
import org.smartbert.model.training.TrainingSettings.Selection;
import org.smartbert.model.training.TrainingSettings.Teacher;

/** Each option of the trainer does what its help says. */
class TrainerOptionsTest {
  private final BertConfig config = TinyModels.config(3, 16, 2);
  private final TrainingSettings settings =
      TrainingSettings.defaults()
          .with(optimisation(Rates.of(3e-3), 1))
          .with(new Epochs(3, 2, 2, 0, 0));
  private final List<TrainingEvent> events = new ArrayList<>();

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
  void aRunThatGoesOnFromAnyCheckpointEndsWithTheSameBits() {
    BertConfig dropped = TinyModels.withDropout(config, 0.1);
    List<Checkpoint> saved = new ArrayList<>();
    Checkpoints keeping =
        new Checkpoints() {
          @Override
          public Optional<Checkpoint> latest() {
            return Optional.empty();
          }

          @Override
          public void save(Checkpoint checkpoint) {
            saved.add(checkpoint.detached());
          }
        };
    TrainingSettings two =
        settings.with(
            optimisation(
                new Rates(List.of(1e-3, 3e-3), HeadLearningRate.BACKBONES, Schedule.COSINE, 10),
                2));
    Map<String, HostTensor> undisturbed = train(dropped, two, keeping);
    assertThat(saved).hasSizeGreaterThan(20);
    for (int i = 0; i < saved.size(); i += 3) {
      Checkpoint from = saved.get(i);
      Checkpoints resuming =
          new Checkpoints() {
            @Override
            public Optional<Checkpoint> latest() {
              return Optional.of(from);
            }

            @Override
            public void save(Checkpoint checkpoint) {}
          };
      assertThat(largestDifference(undisturbed, train(dropped, two, resuming)))
          .as("from %s", from.position())
          .isZero();
    }
  }

  @Test
  void theBestOfSeveralLearningRatesGoesOn() {
    train(
        settings.with(
            optimisation(
                new Rates(List.of(1e-7, 3e-3), HeadLearningRate.BACKBONES, Schedule.LINEAR, 10),
                1)));
    assertThat(validations(1)).extracting(TrainingEvent.Validation::trial).contains(1, 2);
    TrainingEvent.Step stageTwo =
        steps().stream().filter(s -> s.stage() == 2 && s.step() == 10).findFirst().orElseThrow();
    assertThat(stageTwo.rates().backbone()).isCloseTo(3e-3, within(1e-9));
  }

  @Test
  void headsHaveALearningRateOfTheirOwn() {
    Map<String, HostTensor> backbone = backbone(config);
    TrainingSettings short1 = settings.with(new Epochs(1, 1, 1, 0, 0));
    Map<String, HostTensor> model = train(short1.with(rates(1e-8, new HeadLearningRate(3e-3))));
    backbone.forEach(
        (name, before) ->
            assertThat(largestDifference(Map.of(name, before), Map.of(name, model.get(name))))
                .as(name)
                .isLessThan(1e-5f));
    Map<String, HostTensor> still = train(short1.with(rates(1e-8, new HeadLearningRate(1e-8))));
    for (String head : List.of("gates.1.", "classifiers.0.", "classifiers.2.")) {
      String name = head + "projection.weight";
      assertThat(largestDifference(Map.of(name, still.get(name)), Map.of(name, model.get(name))))
          .as(name)
          .isGreaterThan(1e-3f);
    }
    TrainingEvent.Step tenth =
        steps().stream().filter(s -> s.stage() == 1 && s.step() == 10).findFirst().orElseThrow();
    assertThat(tenth.rates().backbone()).isCloseTo(1e-8, within(1e-12));
    assertThat(tenth.rates().heads()).isCloseTo(3e-3, within(1e-9));
  }

  @Test
  void withoutOneHeadsHaveTheBackbones() {
    TrainingSettings short1 = settings.with(new Epochs(1, 1, 1, 0, 0));
    Map<String, HostTensor> named = train(short1.with(rates(3e-3, new HeadLearningRate(3e-3))));
    assertThat(
            largestDifference(named, train(short1.with(rates(3e-3, HeadLearningRate.BACKBONES)))))
        .isZero();
  }

  private static Optimisation rates(double backbone, HeadLearningRate heads) {
    return optimisation(new Rates(List.of(backbone), heads, Schedule.LINEAR, 10), 1);
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
  void earlyStoppingEndsStageOneAndStageTwoFollows() {
    train(
        settings
            .with(
                optimisation(
                    new Rates(List.of(1e-9), HeadLearningRate.BACKBONES, Schedule.LINEAR, 1), 1))
            .with(new Epochs(3, 0, 1, 0, 0))
            .with(new Selection(Metric.ACCURACY, 5, 2)));
    assertThat(validations(1))
        .extracting(TrainingEvent.Validation::step)
        .containsExactly(5, 10, 15);
    assertThat(validations(2)).isNotEmpty();
  }

  @Test
  void aMaximumOfStepsEndsEachStageWithAnEvaluation() {
    train(settings.with(new Epochs(3, 2, 2, 7, 0)));
    assertThat(steps()).filteredOn(s -> s.stage() == 1).hasSize(7);
    assertThat(steps()).filteredOn(s -> s.stage() == 2).hasSize(7);
    assertThat(validations(1)).extracting(TrainingEvent.Validation::step).containsExactly(7);
    assertThat(validations(2)).extracting(TrainingEvent.Validation::step).containsExactly(7);
  }

  @Test
  void aMaximumOfMinutesEndsEachStageWithAnEvaluation() {
    train(settings.with(new Epochs(3, 2, 2, 0, 1e-9)));
    assertThat(steps()).hasSize(2);
    assertThat(validations(1)).hasSize(1);
    assertThat(validations(2)).hasSize(1);
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
  void schedulesWarmUpAndDecayToNothing() {
    assertThat(Schedule.LINEAR.rate(1, 10, 110, 5)).isEqualTo(0.5);
    assertThat(Schedule.LINEAR.rate(1, 10, 110, 10)).isEqualTo(1);
    assertThat(Schedule.LINEAR.rate(1, 10, 110, 61)).isEqualTo(0.5);
    assertThat(Schedule.LINEAR.rate(1, 10, 110, 110)).isCloseTo(0.01, within(1e-12));
    assertThat(Schedule.COSINE.rate(1, 10, 110, 61)).isCloseTo(0.5, within(1e-12));
    assertThat(Schedule.COSINE.rate(1, 10, 110, 36)).isCloseTo(0.853553, within(1e-6));
  }

  @Test
  void metricsHaveTheirTextbookValues() {
    double[][] two = {{50, 10}, {5, 35}};
    assertThat(Metric.ACCURACY.of(two)).isCloseTo(0.85, within(1e-12));
    assertThat(Metric.F1.of(two)).isCloseTo(70.0 / 85, within(1e-12));
    double mcc = (35.0 * 50 - 10 * 5) / Math.sqrt(45.0 * 40 * 60 * 55);
    assertThat(Metric.MCC.of(two)).isCloseTo(mcc, within(1e-12));
    double[][] three = {{2, 0, 0}, {0, 3, 0}, {0, 0, 4}};
    assertThat(Metric.F1.of(three)).isEqualTo(1);
    assertThat(Metric.MCC.of(three)).isCloseTo(1, within(1e-12));
    assertThat(Metric.MCC.of(new double[][] {{5, 0}, {5, 0}})).isZero();
  }

  @Test
  void bfloat16LearnsWhatFloat32Learns() {
    train(settings.with(Precision.BF16));
    List<TrainingEvent.Validation> last = validations(2);
    assertThat(last.get(last.size() - 1).scores().accuracy()).isGreaterThan(0.9);
  }

  @Test
  void lanesGiveEachWorkerItsOwnRowsOfTheSameBatches() {
    List<LabelledText> rows = TrainingLoopTest.rows(101, 3);
    ShardedRows whole = ShardedRows.all(rows, 16);
    for (int workers : List.of(2, 3, 4, 16)) {
      List<List<List<LabelledText>>> shares = new ArrayList<>();
      for (int rank = 0; rank < workers; rank++) {
        List<LabelledText> own = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
          if (ShardedRows.owner(i, 16, workers) == rank) {
            own.add(rows.get(i));
          }
        }
        shares.add(new ShardedRows(101, own, 16, rank, workers).epoch(9));
      }
      List<List<LabelledText>> expected = whole.epoch(9);
      assertThat(expected).hasSize(7);
      assertThat(expected.get(6)).hasSize(5);
      for (int b = 0; b < expected.size(); b++) {
        List<LabelledText> together = new ArrayList<>();
        for (List<List<LabelledText>> share : shares) {
          together.addAll(share.get(b));
        }
        assertThat(together).containsExactlyElementsOf(expected.get(b));
      }
    }
    assertThat(whole.epoch(9)).isNotEqualTo(whole.epoch(10));
  }

  private Losses losses(double smoothing, List<Double> weights) {
    return new Losses(
        0, new Contrast(0, 0.5), new Contrast(0, 0.5), new Teacher(1, 1), smoothing, weights);
  }

  private Map<String, HostTensor> train(TrainingSettings how) {
    return train(config, how, Checkpoints.none());
  }

  private Map<String, HostTensor> train(
      BertConfig network, TrainingSettings how, Checkpoints checkpoints) {
    try (GradientSync sync = GradientSync.single()) {
      return new TrainingLoop(
              network,
              how,
              new Safeguards(7, 5),
              new Worker(sync, TorchDevice.CPU, checkpoints, events::add, () -> false))
          .run(
              backbone(network),
              ShardedRows.all(TrainingLoopTest.rows(500, 1), 16),
              TrainingLoopTest.rows(100, 2));
    }
  }

  private static Map<String, HostTensor> backbone(BertConfig network) {
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(network).backbone(), 0.1, 3);
    return backbone;
  }

  static float largestDifference(Map<String, HostTensor> a, Map<String, HostTensor> b) {
    float largest = 0;
    for (Map.Entry<String, HostTensor> entry : a.entrySet()) {
      for (int i = 0; i < entry.getValue().size(); i++) {
        largest =
            Math.max(
                largest,
                Math.abs(entry.getValue().values().get(i) - b.get(entry.getKey()).values().get(i)));
      }
    }
    return largest;
  }

  private List<Double> losses() {
    return steps().stream().map(step -> step.loss().total()).toList();
  }

  private static Optimisation optimisation(Rates rates, int accumulation) {
    return new Optimisation(rates, 0.01, 1.0, 16, accumulation, Frozen.NOTHING);
  }

  private List<TrainingEvent.Step> steps() {
    return events.stream()
        .filter(TrainingEvent.Step.class::isInstance)
        .map(TrainingEvent.Step.class::cast)
        .toList();
  }

  private List<TrainingEvent.Validation> validations(int stage) {
    return events.stream()
        .filter(TrainingEvent.Validation.class::isInstance)
        .map(TrainingEvent.Validation.class::cast)
        .filter(v -> v.stage() == stage)
        .toList();
  }
}
