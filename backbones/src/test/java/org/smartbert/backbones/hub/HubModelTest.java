package org.smartbert.backbones.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.smartbert.model.InvalidInputException;

/** Names of models of a hub. */
class HubModelTest {
  @Test
  void namesAreChecked() {
    assertThat(HubModel.parse("hf:bert-base-uncased"))
        .isEqualTo(new HubModel("bert-base-uncased", "main"));
    assertThat(HubModel.parse("hf:a/b@refs/pr/1")).isEqualTo(new HubModel("a/b", "refs/pr/1"));
    for (String wrong : List.of("hf:", "hf:/b", "hf:a/b/c", "hf:a/..", "hf:a b", "hf:a/b@")) {
      assertThatThrownBy(() -> HubModel.parse(wrong))
          .as(wrong)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("hf:ORG/NAME");
    }
  }
}
