package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;

class SampleCommandTest {
  @Test
  void withoutANameTheSamplesAreListed() {
    TestSpark.Outcome listed = TestSpark.runOn("sample");
    assertThat(listed.code()).isZero();
    assertThat(listed.out())
        .contains("wordnet-glosses", "WordNet 3.1 license", "languagetool", "LGPL-2.1-or-later");
    assertThat(TestSpark.runOn("sample", "LIST").out()).isEqualTo(listed.out());
  }

  @Test
  void aNameThatThereIsNotIsRefusedWithTheNames() {
    TestSpark.Outcome unknown = TestSpark.runOn("sample", "imdb");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("no sample imdb", "wordnet-glosses, languagetool");
  }

  @Test
  void anOutputWithoutANameIsRefused() {
    for (TestSpark.Outcome wrong :
        java.util.List.of(
            TestSpark.runOn("sample", "--output=x"),
            TestSpark.runOn("sample", "list", "--output=x"))) {
      assertThat(wrong.code()).isEqualTo(2);
      assertThat(wrong.err()).contains("--output needs the NAME");
    }
  }
}
