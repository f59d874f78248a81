package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;

/** The command plan: a table for people, and refusals like those of score. */
class PlanCommandTest extends ScoringFixture {
  private TestSpark.Outcome plan(String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "plan",
                "--input=" + input,
                "--model=" + model,
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(List.of(options));
    return TestSpark.run(arguments.toArray(String[]::new));
  }

  @Test
  void bothPoliciesAreShownWithTheirPrice() throws IOException {
    Path others = Files.createDirectories(folder.resolve("tables"));
    Files.writeString(others.resolve("notes.txt"), "mine");
    TestSpark.Outcome outcome =
        plan(
            "--entropy-threshold=0.6",
            "--measure-seconds=0.5",
            "--price-per-core-hour=1000",
            "--prefix=p_",
            "--keep=id");
    assertThat(outcome.err()).doesNotContain("smartbert:");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("Input: 303 rows. Sample: 303 rows; 79.2 % repeat a text of it")
        .contains("Tokens: median 12, 90th percentile 21, 99th percentile 22; 0.3 % ")
        .contains("Cluster: 2 task slots with 1 core each; slices: 1,")
        .containsPattern("layers +cost +rows/s +core-hours +price +time")
        .containsPattern("full depth +4.00 +1.000 ")
        .containsPattern("S = 0.6 +[0-4]\\.[0-9]{2} ");
    assertThat(others).isDirectoryContaining("glob:**notes.txt");
    assertThat(others.toFile().list()).hasSize(1);
  }

  @Test
  void numbersThatMeanNothingAreRefused() {
    assertRefused("--sample-rows is 99; it must be 100 or more.", "--sample-rows=99");
    assertRefused("--measure-seconds is 0.0; it must be above 0", "--measure-seconds=0");
    assertRefused("--price-per-core-hour is -1.0; it must be ", "--price-per-core-hour=-1");
    assertRefused("--entropy-threshold is -0.5; it must be 0 or more.", "--entropy-threshold=-0.5");
    assertRefused("The input has no column review; ", "--text-column=review");
  }

  private void assertRefused(String sentence, String... options) {
    TestSpark.Outcome outcome = plan(options);
    assertThat(outcome.err()).contains(sentence);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(folder.resolve("tables")).doesNotExist();
  }
}
