package org.smartbert.model.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;

/** Batches decide as the reference does; everything here is made by the test. */
class AdaptiveClassifierTest {
  private static final float MARGIN = 1e-4f;

  private final BertConfig config = TinyModels.config(6, 32, 3);
  private final Map<String, HostTensor> weights =
      TinyModels.weights(new CheckpointNames(config).model(), 5);
  private final List<EncodedText> rows = rows(200);

  /** libtorch's own kernels are what GPUs and processors without oneDNN get. */
  @ParameterizedTest
  @EnumSource
  void everyPolicyDecidesAsTheReference(Kernels kernels) {
    int exits = 0;
    int skips = 0;
    try (SmartBertModel model =
            SmartBertModel.of(config, weights, Precision.FP32, TorchDevice.CPU, kernels);
        ReferenceClassifier reference = new ReferenceClassifier(config, weights)) {
      for (Gates gates : Gates.values()) {
        for (ExitPolicy exit :
            List.of(
                new ExitPolicy.Never(),
                new ExitPolicy.Entropy(0.2f),
                new ExitPolicy.Entropy(0.7f),
                new ExitPolicy.NormalisedEntropy(0.5f))) {
          InferenceSettings settings = new InferenceSettings(exit, gates, 100, 700);
          Iterator<Decision> decisions = model.classifier(settings).classify(rows.iterator());
          for (EncodedText row : rows) {
            Decision expected = reference.classify(row, exit, gates);
            Decision actual = decisions.next();
            assertThat(actual.skipMask()).isEqualTo(expected.skipMask());
            assertThat(actual.exitLayer()).isEqualTo(expected.exitLayer());
            assertThat(actual.flops()).isEqualTo(expected.flops());
            assertThat(actual.flopsFull()).isEqualTo(expected.flopsFull());
            assertThat(actual.logits()).containsExactly(expected.logits(), within(MARGIN));
            exits += actual.exitLayer() < config.layers() ? 1 : 0;
            skips += actual.exitLayer() - actual.layersExecuted();
          }
          assertThat(decisions.hasNext()).isFalse();
        }
      }
    }
    // The test would prove little if these random weights never skipped or left.
    assertThat(exits).isGreaterThan(100);
    assertThat(skips).isGreaterThan(100);
  }

  @ParameterizedTest
  @EnumSource
  void bfloat16DecidesNearlyAlikeAndCountsTheSameFlopsForTheSamePath(Kernels kernels) {
    InferenceSettings settings =
        new InferenceSettings(new ExitPolicy.Entropy(0.5f), Gates.ON, 100, 700);
    int labels = 0;
    int paths = 0;
    try (SmartBertModel exact = SmartBertModel.of(config, weights, Precision.FP32);
        SmartBertModel rounded =
            SmartBertModel.of(config, weights, Precision.BF16, TorchDevice.CPU, kernels)) {
      Iterator<Decision> expected = exact.classifier(settings).classify(rows.iterator());
      Iterator<Decision> actual = rounded.classifier(settings).classify(rows.iterator());
      while (expected.hasNext()) {
        Decision one = expected.next();
        Decision other = actual.next();
        labels += one.label() == other.label() ? 1 : 0;
        if (Arrays.equals(one.skipMask(), other.skipMask())) {
          paths++;
          assertThat(other.flops()).isEqualTo(one.flops());
        }
      }
    }
    // Random weights leave many rows near a threshold; a broken kernel would leave chance.
    assertThat(labels).isGreaterThan(rows.size() * 8 / 10);
    assertThat(paths).isGreaterThan(rows.size() * 6 / 10);
  }

  @Test
  void rowsArePulledOnlyAWindowAhead() {
    InferenceSettings settings =
        new InferenceSettings(new ExitPolicy.Entropy(0.3f), Gates.ON, 64, 150);
    int[] pulled = {0};
    Iterator<EncodedText> counting =
        rows.stream().peek(row -> pulled[0] += row.tokens()).iterator();
    try (SmartBertModel model = SmartBertModel.of(config, weights, Precision.FP32)) {
      Iterator<Decision> decisions = model.classifier(settings).classify(counting);
      int delivered = 0;
      for (EncodedText row : rows) {
        decisions.next();
        delivered += row.tokens();
        assertThat(pulled[0]).isLessThan(delivered + 150 + config.maxPositions() * 2);
      }
    }
  }

  @Test
  void onePassAnswersForEveryThreshold() {
    try (SmartBertModel model = SmartBertModel.of(config, weights, Precision.FP32)) {
      for (Gates gates : Gates.values()) {
        Replay replay = new Replay(config, gates);
        List<Decision> recorded =
            model
                .classifier(InferenceSettings.of(new ExitPolicy.EvaluateAll(), gates))
                .decide(rows);
        for (ExitPolicy policy :
            List.of(
                new ExitPolicy.Never(),
                new ExitPolicy.Entropy(0.2f),
                new ExitPolicy.Entropy(0.9f),
                new ExitPolicy.NormalisedEntropy(0.5f))) {
          List<Decision> really =
              model.classifier(InferenceSettings.of(policy, gates)).decide(rows);
          for (int r = 0; r < rows.size(); r++) {
            Replay.Outcome outcome = replay.under(policy, recorded.get(r), rows.get(r).tokens());
            assertThat(outcome.label()).isEqualTo(really.get(r).label());
            assertThat(outcome.exitLayer()).isEqualTo(really.get(r).exitLayer());
            assertThat(outcome.layersExecuted()).isEqualTo(really.get(r).layersExecuted());
            assertThat(outcome.flops()).isEqualTo(really.get(r).flops());
          }
        }
      }
    }
  }

  @Test
  void aVeryLongRowStallsNobody() {
    List<EncodedText> mixed = new ArrayList<>(rows);
    mixed.add(50, row(new Random(1), config.maxPositions()));
    InferenceSettings settings =
        new InferenceSettings(new ExitPolicy.Entropy(0.5f), Gates.ON, 24, 120);
    try (SmartBertModel model = SmartBertModel.of(config, weights, Precision.FP32);
        ReferenceClassifier reference = new ReferenceClassifier(config, weights)) {
      List<Decision> decisions = model.classifier(settings).decide(mixed);
      for (int r = 0; r < mixed.size(); r++) {
        Decision expected = reference.classify(mixed.get(r), settings.exit(), settings.gates());
        assertThat(decisions.get(r).skipMask()).as("row %d", r).isEqualTo(expected.skipMask());
        assertThat(decisions.get(r).logits()).containsExactly(expected.logits(), within(MARGIN));
      }
    }
  }

  @Test
  void rowsOfLikeLengthAttendTogether() {
    List<Row> sorted =
        IntStream.of(5, 5, 5, 6, 6, 40, 40, 40, 40, 40, 41, 41, 41, 41, 41, 400)
            .mapToObj(n -> new Row(row(new Random(n), n), 1))
            .toList();
    long[] groups = AttentionGroups.EXACT.of(sorted);
    // 27 short tokens together; the forties are enough for a call each; the long one is alone.
    assertThat(groups)
        .containsExactly(5, 27, 6, 6, 5, 200, 40, 40, 5, 205, 41, 41, 1, 400, 400, 400);
  }

  @Test
  void rowsThatArePaddedAlikeAttendTogether() {
    List<Row> sorted =
        IntStream.concat(
                IntStream.of(9, 16, 17, 20, 20, 31),
                IntStream.concat(IntStream.generate(() -> 32).limit(6), IntStream.of(33, 64)))
            .mapToObj(n -> new Row(row(new Random(n), n), 1))
            .toList();
    long[] groups = AttentionGroups.ROUNDED.of(sorted);
    // Up to 16 tokens nothing is padded; six rows of 32 fill a rectangle of their own.
    assertThat(groups).containsExactly(2, 25, 16, 16, 4, 88, 31, 32, 6, 192, 32, 32, 2, 97, 64, 64);
  }

  @Test
  void aGpuThatLibtorchDoesNotSeeIsRefused() {
    assertThatThrownBy(() -> TorchDevice.gpu(99))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching(
            "GPU 99 was given to a task on \\S+ and libtorch sees \\d there; give that host .*");
  }

  static EncodedText row(Random random, int tokens) {
    int[] ids = random.ints(tokens, 5, 65).toArray();
    ids[0] = 2;
    ids[ids.length - 1] = 3;
    return new EncodedText(ids, new int[ids.length], false);
  }

  static List<EncodedText> rows(int count) {
    Random random = new Random(9);
    List<EncodedText> rows = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      rows.add(row(random, 2 + random.nextInt(30)));
    }
    return rows;
  }
}
