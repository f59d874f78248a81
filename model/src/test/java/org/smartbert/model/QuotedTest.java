package org.smartbert.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTest {
  @Test
  void lineBreaksAndControlCharactersAreReplaced() {
    assertThat(Quoted.of("a\nb\r\u2028\u001b[31m\u202e é 漢 \ud83d\ude00"))
        .isEqualTo("a\uFFFDb\uFFFD\uFFFD\uFFFD[31m\uFFFD é 漢 \ud83d\ude00");
  }

  @Test
  void longTextsAreCutBetweenCharacters() {
    assertThat(Quoted.of("x".repeat(200))).isEqualTo("x".repeat(200));
    assertThat(Quoted.of("\ud83d\ude00".repeat(1000)))
        .isEqualTo("\ud83d\ude00".repeat(200) + "...");
  }
}
