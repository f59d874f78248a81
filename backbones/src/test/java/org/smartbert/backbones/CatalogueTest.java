package org.smartbert.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.smartbert.model.InvalidInputException;

/** The catalogue is complete, and says so when a name is not in it. */
class CatalogueTest {
  private static final Catalogue CATALOGUE = Catalogue.load();

  @Test
  void everyEntryNamesAJarByItsDigest() {
    assertThat(CATALOGUE.backbones()).hasSize(7);
    for (Backbone each : CATALOGUE.backbones()) {
      assertThat(each.jar().sha256()).as(each.name()).matches("[0-9a-f]{64}");
      assertThat(each.jar().coordinates()).as(each.name()).matches("[^:]+:[^:]+:[^:]+");
      assertThat(each.sizes().hidden() % each.sizes().heads()).as(each.name()).isZero();
      assertThat(each.license()).as(each.name()).isNotBlank();
      assertThat(each.source()).as(each.name()).startsWith("https://");
    }
    Set<String> digests =
        CATALOGUE.backbones().stream().map(each -> each.jar().sha256()).collect(Collectors.toSet());
    assertThat(digests).hasSize(7);
  }

  @Test
  void namesAreFoundInAnyCase() {
    assertThat(CATALOGUE.require("all-minilm-l6-v2").name()).isEqualTo("all-MiniLM-L6-v2");
    assertThatThrownBy(() -> CATALOGUE.require("bert-large"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("bert-large", "bert-base-uncased", "bge-small-en-v1.5");
  }
}
