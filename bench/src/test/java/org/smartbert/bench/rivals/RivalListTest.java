package org.smartbert.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;

/** Which rivals are compared. */
class RivalListTest {
  @Test
  void fullDepthIsInEveryPrecisionAndOtherNetworksInTheWantedOnes() {
    assertThat(RivalList.chosen(List.of(), List.of(Precision.FP32)))
        .containsExactly(
            "tf-idf",
            "word-vectors",
            "onnx-frozen-fp32",
            "onnx-fp32",
            "onnx-int8",
            "bert-fp32",
            "bert-bf16",
            "bert-int8",
            "minilm-fp32",
            "distilbert-fp32",
            "deebert-fp32",
            "fastbert-fp32",
            "smartbert-fp32",
            "smartbert-gates-off-fp32",
            "smartbert-converted-fp32");
  }

  @Test
  void namesOutsideTheWantedPrecisionsCanBeNamed() {
    assertThat(
            RivalList.chosen(
                List.of("smartbert-int8", "tf-idf", "bert-bf16"), List.of(Precision.FP32)))
        .containsExactly("tf-idf", "bert-bf16", "smartbert-int8");
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> RivalList.chosen(List.of("bert"), List.of(Precision.FP32)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--only names bert")
        .hasMessageContaining("bert-fp32");
  }
}
