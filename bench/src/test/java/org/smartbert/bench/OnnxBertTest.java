package org.smartbert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.smartbert.bench.peers.OnnxClassifier;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;

/** The graphs that ONNX Runtime is compared with compute the same network as the reference. */
class OnnxBertTest {
  private static final int ROWS = 20;
  private static final int BATCH = 8;
  private static final BertConfig SMALL = RandomBert.of(128, 2);

  private static List<EncodedText> rows() {
    Random random = new Random(3);
    List<EncodedText> rows = new ArrayList<>();
    for (int r = 0; r < ROWS; r++) {
      int[] ids = random.ints(3 + random.nextInt(30), 1000, 2000).toArray();
      rows.add(new EncodedText(ids, new int[ids.length], false));
    }
    return rows;
  }

  /** With the pooled [CLS] (BERT) and with attention (SmartBERT), in padded batches by length. */
  @ParameterizedTest
  @EnumSource(names = {"BERT", "SMARTBERT"})
  void logitsAreTheReferences(Method method) throws Exception {
    BertConfig config = SMALL.withMechanism(method.mechanism());
    Map<String, HostTensor> weights = RandomBert.weights(config);
    try (OnnxClassifier onnx = OnnxClassifier.fp32(config, weights, 1);
        ReferenceClassifier reference = new ReferenceClassifier(config, weights)) {
      float[][] logits = onnx.classify(rows(), BATCH, OnnxClassifier.Order.BY_LENGTH);
      for (int r = 0; r < ROWS; r++) {
        float[] expected =
            reference.classify(rows().get(r), new ExitPolicy.Never(), Gates.OFF).logits();
        assertThat(logits[r]).containsExactly(expected, within(1e-4f));
      }
    }
  }

  /** Without a classifier the output is the last state of [CLS]. */
  @Test
  void withoutAHeadItIsAnEncoder() throws Exception {
    BertConfig config = SMALL.withMechanism(Method.BERT.mechanism());
    Map<String, HostTensor> weights = RandomBert.weights(config);
    Map<String, HostTensor> encoder = new LinkedHashMap<>(weights);
    encoder.keySet().removeIf(name -> name.startsWith("classifiers."));
    try (OnnxClassifier onnx = OnnxClassifier.fp32(config, encoder, 1);
        ReferenceClassifier reference = new ReferenceClassifier(config, weights)) {
      float[][] states = onnx.classify(rows(), BATCH, OnnxClassifier.Order.AS_THEY_COME);
      for (int r = 0; r < ROWS; r++) {
        float[] all = reference.hiddenStates(rows().get(r));
        float[] cls = Arrays.copyOf(all, config.hiddenSize());
        assertThat(states[r]).containsExactly(cls, within(1e-4f));
      }
    }
  }
}
