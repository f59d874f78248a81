package org.smartbert.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.SharedFiles;
import org.smartbert.model.checkpoint.ConfigJson;

/** Tokenizers of public bug reports. */
@Tag("slow")
class SharedTokenizersTest {
  @Test
  void addedTokensBeyondTheEmbeddingAreRefused() {
    for (String name : new String[] {"model", "backbone"}) {
      Path directory = SharedFiles.require("cases/20-added-tokens").resolve(name);
      assertThatThrownBy(
              () ->
                  TextEncoder.open(directory, ConfigJson.backbone(directory).config(), 20).close())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("The token moviething of ")
          .hasMessageContaining("has the id 334, and the model's embedding has 334 rows");
    }
  }

  @Test
  void accentsAndChineseCharactersStayAsTheSettingsSay() {
    Path directory = SharedFiles.require("cases/26-strip-accents").resolve("model");
    try (TextEncoder encoder =
        TextEncoder.open(directory, ConfigJson.backbone(directory).config(), 20)) {
      assertThat(encoder.encode("\u00fcber").tokens()).isEqualTo(3);
      int[] chinese = encoder.encode("\u4f60\u597d").inputIds();
      assertThat(chinese).hasSize(3);
      assertThat(chinese[1]).isEqualTo(encoder.encode("[UNK]").inputIds()[1]);
    }
  }
}
