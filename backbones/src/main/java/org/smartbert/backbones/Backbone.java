package org.smartbert.backbones;

import java.util.Locale;

/**
 * A pretrained BERT in a jar of Maven Central.
 *
 * @param license of the weights and of the jar
 * @param source where the weights were published first
 */
public record Backbone(
    String name, MavenJar jar, Sizes sizes, String language, String license, String source) {
  /**
   * What the network is.
   *
   * @param vocabulary rows of the word embedding
   * @param lowerCase whether texts are lower-cased
   */
  public record Sizes(int layers, int heads, int hidden, int vocabulary, boolean lowerCase) {}

  /** The README of the directory. */
  String readme() {
    return String.format(
        Locale.ROOT,
        """
        # %s

        A BERT of %d layers, %d wide, with %d attention heads; language: %s; %s.

        Weights: %s
        License: %s
        Converted from the jar %s (SHA-256 %s).
        """,
        name,
        sizes.layers(),
        sizes.hidden(),
        sizes.heads(),
        language,
        sizes.lowerCase() ? "uncased" : "cased",
        source,
        license,
        jar.coordinates(),
        jar.sha256());
  }
}
