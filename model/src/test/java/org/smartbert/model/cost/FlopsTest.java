package org.smartbert.model.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;

class FlopsTest {
  private static final int LAST = 11;

  private static final Flops BERT_BASE =
      new Flops(
          new BertConfig(
              new BertConfig.Embeddings(30522, 512, 2),
              new BertConfig.Encoder(12, 768, 12, 3072, BertConfig.Encoder.LAYER_NORM_EPS),
              BertConfig.Training.DEFAULT,
              true,
              List.of("0", "1"),
              BertConfig.Heads.PAPER));

  @Test
  void bertBaseInThePapersConvention() {
    assertThat(BERT_BASE.paperLayer() / 1e5).isBetween(18118.5, 18119.5);
    assertThat(BERT_BASE.paperFull() / 1_000_000).isEqualTo(21743);
    assertThat(BERT_BASE.paperClassifier(LAST) / 1e5).isBetween(377.5, 378.5);
    assertThat(BERT_BASE.paperGate() / 1e5).isBetween(376.5, 377.5);
  }

  @Test
  void aLayerCountsLinearsAndAttention() {
    // Four H x H and two H x F matrices for each token, scores and weighted sum for each pair.
    long n = 7;
    long expected = 0;
    for (int token = 0; token < n; token++) {
      expected += 4 * multiply(768, 768) + 2 * multiply(768, 3072);
      for (int other = 0; other < n; other++) {
        expected += 2 * 2 * 768;
      }
    }
    assertThat(BERT_BASE.layer(n)).isEqualTo(expected);
  }

  @Test
  void gateAndClassifierCountWhatTheEngineMultiplies() {
    long n = 9;
    for (int heads : new int[] {2, 4}) {
      int d = 128 / heads;
      long attend = n * multiply(768, 128) + multiply(128, 128);
      for (int head = 0; head < heads; head++) {
        attend += multiply(d, 128); // query folded with the key weights
        attend += n * multiply(1, 128); // scores
        attend += n * multiply(1, 128); // weighted sum of tokens
        attend += multiply(128, d); // value weights
      }
      if (heads == 2) {
        assertThat(BERT_BASE.gate(n)).isEqualTo(attend + multiply(128, 1));
      } else {
        assertThat(BERT_BASE.classifier(LAST, n))
            .isEqualTo(attend + multiply(128, 128) + multiply(128, 2));
      }
    }
  }

  @Test
  void fullDepthIsAllLayersAndOneClassifier() {
    assertThat(BERT_BASE.full(20))
        .isEqualTo(12 * BERT_BASE.layer(20) + BERT_BASE.classifier(LAST, 20));
  }

  @Test
  void aClassifierOnThePooledTokenMultipliesOneTokenOnly() {
    Flops deeBert = new Flops(BERT_BASE.config().withMechanism(Method.DEEBERT.mechanism()));
    for (int layer : new int[] {0, LAST}) {
      assertThat(deeBert.classifier(layer, 9)).isEqualTo(multiply(768, 768) + multiply(768, 2));
      assertThat(deeBert.classifier(layer, 99)).isEqualTo(deeBert.classifier(layer, 9));
    }
  }

  @Test
  void theLastClassifierMayBeAnotherThanTheExits() {
    Flops converted =
        new Flops(
            BERT_BASE
                .config()
                .withMechanism(
                    new Method.Mechanism(Method.SMARTBERT, false, true, Method.Classifier.POOLER)));
    long pooled = multiply(768, 768) + multiply(768, 2);
    assertThat(converted.classifier(LAST, 20)).isEqualTo(pooled);
    assertThat(converted.paperClassifier(LAST)).isEqualTo(pooled);
    assertThat(converted.classifier(LAST - 1, 20)).isEqualTo(BERT_BASE.classifier(LAST - 1, 20));
    assertThat(converted.paperClassifier(0)).isEqualTo(BERT_BASE.paperClassifier(0));
    assertThat(converted.full(20)).isEqualTo(12 * BERT_BASE.layer(20) + pooled);
  }

  private static long multiply(long in, long out) {
    return 2 * in * out;
  }
}
