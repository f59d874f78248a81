package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.model.torch.TorchScript;

/** The systems that SmartBERT is compared with, and SmartBERT without some of its parts. */
class MethodsTest {
  private final BertConfig base = TinyModels.config(4, 16, 2);
  private final TrainingSettings settings = TrainingLoopTest.SETTINGS;
  private final List<TrainingEvent> events = new ArrayList<>();
  private final List<Checkpoint> saved = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(names = "DISTILBERT", mode = EnumSource.Mode.EXCLUDE)
  void eachMethodLearnsAndItsModelHoldsWhatItNeeds(Method method) {
    BertConfig config = base.withMechanism(method.mechanism());
    Map<String, HostTensor> model = train(config, settings, rows(1));
    assertThat(model.keySet()).containsExactlyElementsOf(names(config));
    List<Decision> decisions = decide(config, model, InferenceSettings.defaults(method));
    assertThat(accuracy(decisions)).isGreaterThan(0.9);
    assertThat(events.stream().anyMatch(e -> e.stage() == 2)).isEqualTo(config.mechanism().exits());
    boolean leaves = decisions.stream().anyMatch(d -> d.exitLayer() < config.layers());
    assertThat(leaves).isEqualTo(config.mechanism().exits());
  }

  @ParameterizedTest
  @EnumSource(names = "DISTILBERT", mode = EnumSource.Mode.EXCLUDE)
  void aNetworkOfOneLayerLearnsAndDecides(Method method) {
    BertConfig config = TinyModels.config(1, 16, 2).withMechanism(method.mechanism());
    Map<String, HostTensor> model = train(config, settings, rows(1));
    assertThat(model.keySet()).containsExactlyElementsOf(names(config));
    // There is no classifier below the last one that a second stage could train.
    assertThat(events).noneMatch(event -> event.stage() == 2);
    List<Decision> decisions = decide(config, model, InferenceSettings.defaults(method));
    assertThat(accuracy(decisions)).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @EnumSource
  void batchesDecideAsTheReference(Method method) {
    BertConfig config = TinyModels.config(6, 32, 3).withMechanism(method.mechanism());
    Map<String, HostTensor> weights = TinyModels.weights(new CheckpointNames(config).model(), 5);
    List<LabelledText> rows = rows(2).subList(0, 100);
    try (SmartBertModel model = SmartBertModel.of(config, weights, Precision.FP32);
        ReferenceClassifier reference = new ReferenceClassifier(config, weights)) {
      for (float threshold : new float[] {0, 0.2f, 0.7f}) {
        ExitPolicy policy = ExitPolicy.of(method, threshold);
        List<Decision> decisions =
            model
                .classifier(new InferenceSettings(policy, Gates.ON, 100, 700))
                .decide(rows.stream().map(LabelledText::text).toList());
        for (int r = 0; r < rows.size(); r++) {
          Decision expected = reference.classify(rows.get(r).text(), policy, Gates.ON);
          assertThat(decisions.get(r).skipMask()).isEqualTo(expected.skipMask());
          assertThat(decisions.get(r).flops()).isEqualTo(expected.flops());
          assertThat(decisions.get(r).logits()).containsExactly(expected.logits(), within(1e-4f));
        }
      }
    }
  }

  @Test
  void fastBertsClassifiersLearnWithoutLabels() {
    BertConfig config = base.withMechanism(Method.FASTBERT.mechanism());
    Map<String, HostTensor> model = train(config, settings, rows(1));
    Checkpoint afterStageOne =
        saved.stream()
            .filter(c -> c.position().index().stage() == 1)
            .reduce((a, b) -> b)
            .orElseThrow();
    List<LabelledText> wrong =
        rows(1).stream().map(row -> new LabelledText(row.text(), 1 - row.label())).toList();
    Map<String, HostTensor> again = train(config, settings, wrong, Optional.of(afterStageOne));
    assertThat(TrainerFixture.largestDifference(model, again)).isZero();
  }

  @Test
  void aStudentBeginsWithEverySecondLayerAndLearnsFromItsTeacher() {
    BertConfig teacherConfig = base.withMechanism(Method.BERT.mechanism());
    Map<String, HostTensor> teacher = train(teacherConfig, settings, rows(1));
    Student student = new Student(teacherConfig, teacher);
    assertThat(student.config().layers()).isEqualTo(2);
    String query = "attention.self.query.weight";
    assertThat(student.weights().get("bert.encoder.layer.1." + query).values())
        .isEqualTo(teacher.get("bert.encoder.layer.2." + query).values());
    assertThat(student.weights().get("classifiers.1.output.weight").values())
        .isEqualTo(teacher.get("classifiers.3.output.weight").values());
    // With the labels' share at 0 wrong labels change nothing: the teacher alone is learnt from.
    TrainingSettings.Losses losses = settings.losses();
    TrainingSettings byTeacher =
        settings.with(
            new TrainingSettings.Losses(
                TrainingSettings.SKIP_LAMBDA,
                losses.stageOne(),
                losses.stageTwo(),
                new TrainingSettings.Teacher(0, 2),
                0,
                List.of()));
    List<LabelledText> wrong =
        rows(1).stream().map(row -> new LabelledText(row.text(), 1 - row.label())).toList();
    Map<String, HostTensor> model =
        trainFrom(
            student, byTeacher, student.teacher().taught(wrong, TorchDevice.CPU, () -> false));
    assertThat(model.keySet()).containsExactlyElementsOf(names(student.config()));
    InferenceSettings how = InferenceSettings.defaults(Method.DISTILBERT);
    assertThat(accuracy(decide(student.config(), model, how))).isGreaterThan(0.9);
  }

  @Test
  void partsThatAreLeftOutAreNeitherTrainedNorKept() {
    Method.Mechanism exitOnly = new Method.Mechanism(Method.SMARTBERT, false, true);
    Map<String, HostTensor> model = train(base.withMechanism(exitOnly), settings, rows(1));
    assertThat(model.keySet()).noneMatch(name -> name.startsWith("gates."));
    events.clear();
    Method.Mechanism skipOnly = new Method.Mechanism(Method.SMARTBERT, true, false);
    model = train(base.withMechanism(skipOnly), settings, rows(1));
    assertThat(model.keySet()).noneMatch(name -> name.startsWith("classifiers.0."));
    assertThat(model.keySet()).anyMatch(name -> name.startsWith("gates.0."));
    assertThat(events).noneMatch(e -> e.stage() == 2);
    TrainingSettings.Losses losses = settings.losses();
    TrainingSettings plain =
        settings.with(
            new TrainingSettings.Losses(
                TrainingSettings.SKIP_LAMBDA,
                new TrainingSettings.Contrast(0, 0.5),
                new TrainingSettings.Contrast(0, 0.55),
                losses.teacher(),
                0,
                List.of()));
    events.clear();
    train(base, plain, rows(1));
    assertThat(events)
        .filteredOn(TrainingEvent.Step.class::isInstance)
        .allMatch(e -> ((TrainingEvent.Step) e).loss().contrastive() == 0);
  }

  @Test
  void theDivergenceIsKullbacksAndLeiblers() {
    float[] teacher = {1, -1, 0.5f, 2, 0, -0.5f};
    float[] student = {0, 0.3f, -1, 1, 1, 1};
    double expected = 0;
    for (int row = 0; row < 2; row++) {
      double[] t = softened(teacher, row);
      double[] s = softened(student, row);
      for (int c = 0; c < 3; c++) {
        expected += t[c] * Math.log(t[c] / s[c]);
      }
    }
    try (TorchScript script = TorchScript.training();
        NDManager scope = NDManager.newBaseManager(TorchDevice.CPU.djl())) {
      Shape shape = new Shape(2, 3);
      float actual =
          script
              .call(
                  TorchScript.Mode.CONSTANT,
                  scope,
                  "divergence",
                  scope.create(teacher, shape),
                  scope.create(student, shape),
                  2.0)
              .get(0)
              .getFloat();
      assertThat((double) actual).isCloseTo(expected, within(1e-5));
    }
  }

  private static double[] softened(float[] logits, int row) {
    double[] p = new double[3];
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      p[c] = Math.exp(logits[3 * row + c] / 2);
      sum += p[c];
    }
    for (int c = 0; c < 3; c++) {
      p[c] /= sum;
    }
    return p;
  }

  private static List<LabelledText> rows(long seed) {
    return TrainingLoopTest.rows(600, seed);
  }

  private static List<String> names(BertConfig config) {
    return new CheckpointNames(config).model().stream().map(TensorSpec::name).toList();
  }

  private static List<Decision> decide(
      BertConfig config, Map<String, HostTensor> weights, InferenceSettings how) {
    try (SmartBertModel model = SmartBertModel.of(config, weights, Precision.FP32)) {
      return model.classifier(how).decide(rows(3).stream().map(LabelledText::text).toList());
    }
  }

  private static double accuracy(List<Decision> decisions) {
    List<LabelledText> rows = rows(3);
    double right = 0;
    for (int r = 0; r < rows.size(); r++) {
      right += decisions.get(r).label() == rows.get(r).label() ? 1 : 0;
    }
    return right / rows.size();
  }

  private Map<String, HostTensor> train(
      BertConfig config, TrainingSettings how, List<LabelledText> rows) {
    return train(config, how, rows, Optional.empty());
  }

  private Map<String, HostTensor> train(
      BertConfig config, TrainingSettings how, List<LabelledText> rows, Optional<Checkpoint> from) {
    Map<String, HostTensor> backbone = new LinkedHashMap<>();
    NewWeights.fill(backbone, new CheckpointNames(config).backbone(), 0.1, 3);
    return run(config, how, backbone, rows, from);
  }

  private Map<String, HostTensor> trainFrom(
      Student student, TrainingSettings how, List<LabelledText> rows) {
    return run(student.config(), how, student.weights(), rows, Optional.empty());
  }

  private Map<String, HostTensor> run(
      BertConfig config,
      TrainingSettings how,
      Map<String, HostTensor> start,
      List<LabelledText> rows,
      Optional<Checkpoint> from) {
    Checkpoints checkpoints =
        new Checkpoints() {
          @Override
          public Optional<Checkpoint> latest() {
            return from;
          }

          @Override
          public void save(Checkpoint checkpoint) {
            saved.add(checkpoint.detached());
          }
        };
    try (GradientSync sync = GradientSync.single()) {
      return new TrainingLoop(
              config,
              how,
              new Safeguards(0, 0),
              new Worker(sync, TorchDevice.CPU, checkpoints, events::add, () -> false))
          .run(start, ShardedRows.all(rows, 16), TrainingLoopTest.rows(100, 2));
    }
  }
}
