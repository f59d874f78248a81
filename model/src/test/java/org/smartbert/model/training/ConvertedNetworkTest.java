package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.Replay;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;

/** A network whose last classifier is of another kind than its exits, in batches and alone. */
class ConvertedNetworkTest {
  @Test
  void batchesOfAConvertedNetworkDecideAsTheReference() {
    BertConfig config =
        TinyModels.config(6, 32, 3)
            .withMechanism(
                new Method.Mechanism(Method.SMARTBERT, true, true, Method.Classifier.POOLER));
    Map<String, HostTensor> random = TinyModels.weights(new CheckpointNames(config).model(), 5);
    List<EncodedText> texts = ConversionTest.texts();
    try (SmartBertModel model = SmartBertModel.of(config, random, Precision.FP32);
        ReferenceClassifier reference = new ReferenceClassifier(config, random)) {
      for (Gates gates : Gates.values()) {
        List<Decision> recorded =
            model
                .classifier(InferenceSettings.of(new ExitPolicy.EvaluateAll(), gates))
                .decide(texts);
        for (float threshold : new float[] {0, 0.2f, 0.7f}) {
          ExitPolicy policy = new ExitPolicy.Entropy(threshold);
          List<Decision> decisions =
              model.classifier(new InferenceSettings(policy, gates, 100, 700)).decide(texts);
          for (int r = 0; r < texts.size(); r++) {
            Decision expected = reference.classify(texts.get(r), policy, gates);
            Decision actual = decisions.get(r);
            assertThat(actual.skipMask()).isEqualTo(expected.skipMask());
            assertThat(actual.flops()).isEqualTo(expected.flops());
            assertThat(actual.logits()).containsExactly(expected.logits(), within(1e-4f));
            Replay.Outcome replayed =
                new Replay(config, gates).under(policy, recorded.get(r), texts.get(r).tokens());
            assertThat(replayed.flops()).isEqualTo(expected.flops());
            assertThat(replayed.exitLayer()).isEqualTo(expected.exitLayer());
          }
        }
      }
    }
  }
}
