package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.checkpoint.CheckpointNames.TensorSpec;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;

/** A classifier gains exits and gates that learn from its answers, and stays what it is. */
class ConversionTest {
  private static final InferenceSettings FULL_DEPTH =
      InferenceSettings.of(new ExitPolicy.Never(), Gates.OFF);
  private static final BertConfig ORIGINAL =
      TinyModels.config(4, 16, 2).withMechanism(Method.BERT.mechanism());
  private static final TrainingSettings SETTINGS =
      TrainingLoopTest.SETTINGS.with(new TrainingSettings.Epochs(2, 1, 3, 0, 0));

  private static Map<String, HostTensor> weights;

  private final List<TrainingEvent> events = new ArrayList<>();
  private Optional<Checkpoint> last = Optional.empty();

  @BeforeAll
  static void trainAClassifier() {
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(ORIGINAL).backbone(), 0.1, 3);
    weights =
        new TrainingLoop(
                ORIGINAL,
                TrainingLoopTest.SETTINGS,
                new Safeguards(0, 0),
                Worker.alone(TorchDevice.CPU, event -> {}))
            .run(
                backbone,
                ShardedRows.all(TrainingLoopTest.rows(600, 1), 16),
                TrainingLoopTest.rows(100, 2));
  }

  @Test
  void exitsLearnWithoutLabelsAndTheClassifierStays() {
    Conversion conversion = new Conversion(ORIGINAL, weights, Gates.OFF);
    Map<String, HostTensor> model = convert(conversion, () -> false);
    assertThat(conversion.config().mechanism())
        .isEqualTo(new Method.Mechanism(Method.SMARTBERT, false, true, Method.Classifier.POOLER));
    assertThat(model.keySet()).containsExactlyElementsOf(names(conversion.config()));
    assertThat(model).containsKeys("classifiers.0.projection.weight", "classifiers.3.dense.weight");
    assertThat(model).doesNotContainKey("classifiers.3.projection.weight");
    assertSameBitsAtFullDepth(conversion, model);
    // There is nothing that stage 1 could train.
    assertThat(events).isNotEmpty().allMatch(event -> event.stage() == 2);
    List<Decision> early =
        decide(
            conversion.config(),
            model,
            InferenceSettings.of(new ExitPolicy.Entropy(0.3f), Gates.ON));
    assertThat(early).anyMatch(decision -> decision.exitLayer() < 4);
    assertThat(agreement(early, decide(ORIGINAL, weights, FULL_DEPTH))).isGreaterThan(0.9);
  }

  @Test
  void gatesLearnToKeepTheAnswersAndTheClassifierStays() {
    Conversion conversion = new Conversion(ORIGINAL, weights, Gates.ON);
    Map<String, HostTensor> model = convert(conversion, () -> false);
    assertThat(model.keySet()).containsExactlyElementsOf(names(conversion.config()));
    assertSameBitsAtFullDepth(conversion, model);
    Map<String, HostTensor> start = new LinkedHashMap<>(conversion.weights());
    NewWeights.fill(
        start,
        new CheckpointNames(conversion.config()).gates(),
        ORIGINAL.training().initializerRange(),
        SETTINGS.seed());
    assertThat(model.get("gates.0.projection.weight").values())
        .isNotEqualTo(start.get("gates.0.projection.weight").values());
    List<Decision> skipping =
        decide(conversion.config(), model, InferenceSettings.of(new ExitPolicy.Never(), Gates.ON));
    assertThat(agreement(skipping, decide(ORIGINAL, weights, FULL_DEPTH))).isGreaterThan(0.9);
    assertThat(events.stream().map(TrainingEvent::stage).distinct()).containsExactly(1, 2);
  }

  @Test
  void anAttentionClassifierKeepsItsKind() {
    BertConfig original =
        TinyModels.config(3, 16, 2)
            .withMechanism(new Method.Mechanism(Method.SMARTBERT, false, false));
    Conversion conversion =
        new Conversion(
            original, TinyModels.weights(new CheckpointNames(original).model(), 9), Gates.OFF);
    Map<String, HostTensor> model = convert(conversion, () -> false);
    assertThat(conversion.config().mechanism().last()).isEqualTo(Method.Classifier.ATTENTION);
    assertThat(model).containsKey("classifiers.2.projection.weight");
    assertSameBitsAtFullDepth(conversion, model);
  }

  @Test
  void aConversionThatWasStoppedEndsWithTheSameBits() {
    for (Gates gates : Gates.values()) {
      Conversion conversion = new Conversion(ORIGINAL, weights, gates);
      Map<String, HostTensor> undisturbed = convert(conversion, () -> false);
      for (int stopAt : gates == Gates.ON ? List.of(3, 60) : List.of(30)) {
        last = Optional.empty();
        events.clear();
        assertThatThrownBy(() -> convert(conversion, () -> steps() >= stopAt))
            .isInstanceOf(TrainingStoppedException.class);
        assertThat(last).isPresent();
        Map<String, HostTensor> resumed = convert(conversion, () -> false);
        assertThat(TrainerFixture.largestDifference(undisturbed, resumed))
            .as("gates %s, stopped at %d", gates, stopAt)
            .isZero();
      }
      last = Optional.empty();
    }
  }

  @Test
  void theTeacherStopsBetweenRows() {
    int[] polls = {0};
    Teacher teacher = new Teacher(ORIGINAL, weights);
    assertThatThrownBy(
            () ->
                teacher.labelled(
                    TrainingLoopTest.rows(50, 1), TorchDevice.CPU, () -> ++polls[0] > 10))
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("before its first step");
  }

  /** The network that hard gates leave is the one that is scored. */
  @Test
  void theLossOfTheGatesIsTheDivergenceFromTheAnswers() {
    Conversion conversion = new Conversion(ORIGINAL, weights, Gates.ON);
    BertConfig config = conversion.config();
    Map<String, HostTensor> random = TinyModels.weights(new CheckpointNames(config).model(), 6);
    List<LabelledText> rows =
        conversion.teacher().labelled(TrainingLoopTest.rows(40, 4), TorchDevice.CPU, () -> false);
    double expected = 0;
    double skips = 0;
    try (ReferenceClassifier reference = new ReferenceClassifier(config, random)) {
      for (LabelledText row : rows) {
        Decision decision = reference.classify(row.text(), new ExitPolicy.Never(), Gates.ON);
        double[] p = softmax(row.teacher());
        for (int c = 0; c < p.length; c++) {
          expected += p[c] * Math.log(p[c] / decision.probabilities()[c]) / rows.size();
        }
        skips += decision.skipMask().length - decision.layersExecuted();
      }
    }
    assertThat(skips).isPositive();
    StageTensors tensors =
        new StageTensors(
            new CheckpointNames(config),
            SETTINGS.losses(),
            TrainingSettings.Frozen.NOTHING,
            Purpose.CONVERSION);
    LossTerms[] terms = new LossTerms[1];
    Map<String, HostTensor> gradient;
    try (TorchScript script = TorchScript.training();
        Stage stage =
            new Stage(
                script,
                TorchDevice.CPU,
                Precision.FP32,
                tensors.stageOneTrained(),
                tensors.stageOneFrozen(),
                random)) {
      gradient =
          stage.gradient(
              new StageOne(script, config, GateMode.HARD, SETTINGS.losses(), Purpose.CONVERSION),
              rows,
              terms);
    }
    assertThat(terms[0].crossEntropy()).isCloseTo(expected, within(1e-3 * Math.max(1, expected)));
    assertThat(terms[0].contrastive()).isZero();
    assertThat(gradient.keySet()).allMatch(name -> name.startsWith("gates."));
  }

  private Map<String, HostTensor> convert(Conversion conversion, BooleanSupplier stop) {
    Teacher teacher = conversion.teacher();
    Checkpoints checkpoints =
        new Checkpoints() {
          @Override
          public Optional<Checkpoint> latest() {
            return last;
          }

          @Override
          public void save(Checkpoint checkpoint) {
            last = Optional.of(checkpoint.detached());
          }
        };
    Optional<Checkpoint> from = last;
    try (GradientSync sync = GradientSync.single()) {
      Map<String, HostTensor> model =
          new TrainingLoop(
                  conversion.config(),
                  Purpose.CONVERSION,
                  SETTINGS,
                  new Safeguards(0, 0),
                  new Worker(sync, TorchDevice.CPU, checkpoints, events::add, stop))
              .run(
                  conversion.weights(),
                  ShardedRows.all(
                      teacher.labelled(unlabelled(400, 5), TorchDevice.CPU, () -> false), 16),
                  teacher.labelled(unlabelled(60, 6), TorchDevice.CPU, () -> false));
      if (from.isEmpty()) {
        last = Optional.empty();
      }
      return model;
    }
  }

  private static List<LabelledText> unlabelled(int count, long seed) {
    return TrainingLoopTest.rows(count, seed).stream()
        .map(row -> new LabelledText(row.text(), LabelledText.NO_LABEL))
        .toList();
  }

  private long steps() {
    return events.stream().filter(TrainingEvent.Step.class::isInstance).count();
  }

  private static void assertSameBitsAtFullDepth(
      Conversion conversion, Map<String, HostTensor> model) {
    conversion
        .weights()
        .forEach(
            (name, tensor) ->
                assertThat(model.get(name).values()).as(name).isEqualTo(tensor.values()));
    List<Decision> before = decide(conversion.original(), conversion.weights(), FULL_DEPTH);
    List<Decision> after = decide(conversion.config(), model, FULL_DEPTH);
    for (int r = 0; r < before.size(); r++) {
      assertThat(after.get(r).logits()).isEqualTo(before.get(r).logits());
      assertThat(after.get(r).flops()).isEqualTo(before.get(r).flops());
    }
  }

  private static double agreement(List<Decision> some, List<Decision> others) {
    double same = 0;
    for (int r = 0; r < some.size(); r++) {
      same += some.get(r).label() == others.get(r).label() ? 1 : 0;
    }
    return same / some.size();
  }

  private static List<Decision> decide(
      BertConfig config, Map<String, HostTensor> tensors, InferenceSettings how) {
    try (SmartBertModel model = SmartBertModel.of(config, tensors, Precision.FP32)) {
      return model.classifier(how).decide(texts());
    }
  }

  static List<EncodedText> texts() {
    return TrainingLoopTest.rows(150, 3).stream().map(LabelledText::text).toList();
  }

  private static List<String> names(BertConfig config) {
    return new CheckpointNames(config).model().stream().map(TensorSpec::name).toList();
  }

  private static double[] softmax(float[] logits) {
    double[] p = new double[logits.length];
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      p[c] = Math.exp(logits[c]);
      sum += p[c];
    }
    for (int c = 0; c < p.length; c++) {
      p[c] /= sum;
    }
    return p;
  }
}
