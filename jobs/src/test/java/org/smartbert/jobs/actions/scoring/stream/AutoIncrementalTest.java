package org.smartbert.jobs.actions.scoring.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;

/** When {@code score} takes only rows that are new, and when all. */
@Tag("long")
class AutoIncrementalTest extends IncrementalFixture {
  private static final String WHOLE = "is already complete: ";
  private static final String NEW = "Nothing new";

  @Test
  void aFolderIsIncrementalAndItsFilesAreNot() throws IOException {
    Path landing = Files.createDirectory(folder.resolve("landing"));
    Path file = Files.writeString(landing.resolve("a.csv"), "id,text\n1,w1 w2\n2,w3\n");
    output = folder.resolve("of-folder");
    assertTwice(landing.toString(), NEW, "--format=csv");
    Files.writeString(landing.resolve("b.csv"), "id,text\n3,w1\n");
    assertThat(scoreFrom(landing.toString(), "--format=csv").out()).contains("Scored 1 rows");
    assertEachOnce(3);
    output = folder.resolve("of-file");
    assertTwice(file.toString(), WHOLE);
    output = folder.resolve("of-pattern");
    assertTwice(landing.resolve("*.csv").toString(), WHOLE);
    assertEachOnce(3);
  }

  @Test
  void optionsOfRunsAreOfAllRows() {
    assertTwice(input.toString(), WHOLE, "--run-id=mine");
    output = folder.resolve("slices");
    assertTwice(input.toString(), WHOLE, "--slices=2");
    output = folder.resolve("version");
    assertTwice(input.toString(), WHOLE, "--option=versionAsOf=0");
    output = folder.resolve("limit");
    assertTwice(input.toString(), WHOLE, "--max-core-hours=9");
  }

  @Test
  void aViewIsScoredWhole() {
    sql("CREATE OR REPLACE TEMPORARY VIEW seen AS SELECT * FROM delta.`%s` WHERE id < 9", input);
    assertTwice("seen", WHOLE, "--format=table");
    assertEachOnce(9);
  }

  @Test
  void anOutputOfRunsStaysOneAndThatIsTold() {
    assertThat(score("--incremental=off").code()).isZero();
    append(303, 310);
    TestSpark.Outcome outcome = score();
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err())
        .contains(output + " holds rows of run score-")
        .contains("give another --output to score only rows that are new from then on.");
    assertThat(read().count()).isEqualTo(303 + 310);
    // Another output begins anew, and runs of other rows in it change nothing.
    output = folder.resolve("anew");
    mustScoreNew();
    assertThat(score("--entropy-threshold=0.5", "--run-id=other").code()).isZero();
    append(310, 315);
    assertThat(score().out()).contains("Scored 5 rows");
    assertThat(read().count()).isEqualTo(2 * 310 + 5);
  }

  /** A run that was cut off in its slices is not scored anew by a stream. */
  @Test
  void aRunThatWasStoppedIsGoneOnWith() {
    assertThat(score("--max-core-hours=1e-9", "--slices=3").out()).contains("in 2 of 3 slices");
    assertThat(score().code()).isZero();
    assertEachOnce(303);
    assertThat(runs().count()).isEqualTo(1);
  }

  /** A stream that was begun and has written nothing does not take what a run wrote since. */
  @Test
  void aStreamThatWroteNothingIsRefusedBehindARun() throws IOException {
    Path state = folder.resolve("checkpoint");
    output = folder.resolve("other");
    mustScoreNew("--checkpoint=" + state);
    String other = id();
    output = folder.resolve("scored");
    assertThat(score("--run-id=mine").code()).isZero();
    String job = Files.readString(state.resolve("job.json"));
    deleteAll(state);
    Files.createDirectory(state);
    Files.writeString(state.resolve("job.json"), job.replace(other, id()));
    assertRefused(
        scoreNew("--checkpoint=" + state), "score --incremental off (run mine), whose rows would");
    assertEachOnce(303);
  }

  /** Of the output, as Delta knows it. */
  private String id() {
    return sql("DESCRIBE DETAIL delta.`%s`", output).select("id").first().getString(0);
  }

  private void assertTwice(String from, String second, String... options) {
    TestSpark.Outcome once = scoreFrom(from, options);
    assertThat(once.code()).as(once.err()).isZero();
    assertThat(once.out()).contains("Scored ");
    TestSpark.Outcome twice = scoreFrom(from, options);
    assertThat(twice.code()).as(twice.err()).isZero();
    assertThat(twice.out()).contains(second);
  }
}
