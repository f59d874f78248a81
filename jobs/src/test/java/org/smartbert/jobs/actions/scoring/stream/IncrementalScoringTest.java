package org.smartbert.jobs.actions.scoring.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;

/** Each row of a Delta table that grows is scored once, as {@code score} decides it. */
class IncrementalScoringTest extends IncrementalFixture {
  private static final String[] DECISION = {
    "id",
    "text",
    "stars",
    "prediction",
    "exit_layer",
    "skip_mask",
    "flops",
    "flops_full",
    "error",
    "truncated",
    "model_version",
    "entropy_threshold"
  };

  @Test
  void rowsThatWereAddedAreScoredOnceAndAsScoreDecidesThem() {
    assertThat(mustScore().out())
        .contains("Scored 303 rows")
        .contains("of 303 in total, 1 could not be scored");
    append(303, 353);
    assertThat(mustScore().out()).contains("Scored 50 rows").contains("of 50 in total");
    assertThat(mustScore().out()).contains("Nothing new: all rows of " + input);
    assertEachOnce(353);

    List<Row> runs = runs().collectAsList();
    assertThat(runs).extracting(run -> run.<Long>getAs("rows")).containsExactly(303L, 50L);
    assertThat(runs).extracting(run -> run.<String>getAs("status")).containsOnly("finished");
    assertThat(runs).extracting(run -> run.<Long>getAs("error_rows")).containsExactly(1L, 0L);
    Dataset<Row> incremental = read();
    output = folder.resolve("whole");
    assertThat(score("--incremental=off").code()).isZero();
    assertThat(incremental.schema()).isEqualTo(read().schema());
    assertThat(difference(incremental, read())).isZero();
    assertThat(difference(read(), incremental)).isZero();
  }

  /** Without an option, and nothing to be told of. */
  private TestSpark.Outcome mustScore() {
    TestSpark.Outcome outcome = score();
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).doesNotContain("smartbert:").doesNotContain(output.toString());
    return outcome;
  }

  private static long difference(Dataset<Row> one, Dataset<Row> other) {
    return one.selectExpr(DECISION).exceptAll(other.selectExpr(DECISION)).count();
  }

  @Test
  @Tag("long")
  void theOutputHasTheConstraintsOfScore() {
    mustScoreNew();
    String properties =
        sql("DESCRIBE DETAIL delta.`%s`", output).select("properties").first().get(0).toString();
    assertThat(properties)
        .contains("decided_or_explained")
        .contains("layers_fit")
        .contains("confidence_is_a_share");
  }

  @Test
  @Tag("long")
  void aBatchIsBoundedByFilesAndIsOneCommit() {
    mustScoreNew("--max-files-per-trigger=1");
    long commits =
        sql("DESCRIBE HISTORY delta.`%s`", output)
            .filter("userMetadata LIKE 'score-incremental/%'")
            .count();
    assertThat(commits).isEqualTo(3);
    assertEachOnce(303);
  }

  @Test
  @Tag("long")
  void keepAndPrefixChooseTheColumns() {
    mustScoreNew("--keep=id,stars", "--prefix=p_");
    append(303, 310);
    mustScoreNew("--keep=id,stars", "--prefix=p_");
    assertThat(read().columns()).startsWith("id", "stars", "p_prediction").doesNotContain("text");
    assertEachOnce(310);
  }

  /** Killed between the table's commit and the checkpoint's: Spark gives the batch again. */
  @Test
  void aBatchThatTheTableHasIsNotWrittenAgain() throws IOException {
    mustScoreNew("--max-files-per-trigger=1");
    delete("commits/2");
    append(303, 320);
    // As a driver that was killed leaves it.
    sql("UPDATE delta.`%s` SET status = 'running'", folder.resolve("tables/runs"));
    TestSpark.Outcome outcome = mustScoreNew();
    assertEachOnce(320);
    assertThat(outcome.out()).contains("Scored 17 rows").contains("of 320 in total");
    assertThat(runs().collectAsList())
        .singleElement()
        .satisfies(run -> assertThat(run.<String>getAs("status")).isEqualTo("finished"))
        .satisfies(run -> assertThat(run.<Long>getAs("rows")).isEqualTo(320));
  }

  /** Killed after the last batch, before the run's end was recorded. */
  @Test
  @Tag("long")
  void theEndOfARunThatIsCompleteIsRecorded() {
    mustScoreNew();
    sql("UPDATE delta.`%s` SET status = 'running', rows = NULL", folder.resolve("tables/runs"));
    assertThat(mustScoreNew().out()).contains("Nothing new");
    Row run = runs().first();
    assertThat(run.<String>getAs("status")).isEqualTo("finished");
    assertThat(run.<Long>getAs("rows")).isEqualTo(303);
  }

  /** Killed before the batch was computed: its offsets are there, and nothing else. */
  @Test
  @Tag("long")
  void aBatchThatWasPlannedIsWrittenLater() throws IOException {
    mustScoreNew();
    append(303, 320);
    Path other = folder.resolve("before");
    TestSpark.copy(output, other);
    mustScoreNew();
    String offsets = Files.readString(spark().resolve("offsets/1"));
    deleteAll(output);
    TestSpark.copy(other, output);
    Files.writeString(spark().resolve("offsets/1"), offsets);
    org.apache.spark.sql.delta.DeltaLog.clearCache();
    append(320, 330);
    mustScoreNew();
    assertEachOnce(330);
  }

  @Test
  void updatesAreRefusedOrLeftOut() {
    mustScoreNew();
    sql("UPDATE delta.`%s` SET text = 'w9 w9' WHERE id = 7", input);
    append(303, 310);
    TestSpark.Outcome refused = scoreNew();
    assertRefused(refused, "has updates or deletes since it was last read (");
    assertThat(refused.err()).contains("give --changes ignore to leave them out");
    assertEachOnce(303);

    TestSpark.Outcome ignored = mustScoreNew("--changes=ignore");
    assertThat(ignored.out()).contains("Scored 7 rows");
    assertThat(ignored.err()).contains("1 new versions with updates or deletes (1), which were");
    assertEachOnce(310);
    assertThat(mustScoreNew("--changes=ignore").out()).contains("Nothing new");
    assertThat(mustScoreNew().out()).contains("Nothing new");
  }

  @Test
  @Tag("long")
  void deletesAreRefusedOrLeftOut() {
    mustScoreNew();
    sql("DELETE FROM delta.`%s` WHERE id = 7", input);
    assertRefused(scoreNew(), "has updates or deletes since it was last read (");
    TestSpark.Outcome ignored = mustScoreNew("--changes=ignore");
    assertThat(ignored.out()).contains("Nothing new");
    assertThat(ignored.err()).contains("1 new versions with updates or deletes (1)");
    append(303, 305);
    mustScoreNew();
    assertEachOnce(305);
  }

  @Test
  @Tag("long")
  void compactionOfTheInputIsNoChange() {
    mustScoreNew();
    sql("OPTIMIZE delta.`%s`", input);
    append(303, 305);
    assertThat(mustScoreNew().out()).contains("Scored 2 rows");
    assertEachOnce(305);
  }

  @Test
  @Tag("long")
  void aTableOfTheCatalogIsAStreamToo() {
    sql("CREATE TABLE grows USING delta LOCATION '%s'", input);
    try {
      assertThat(scoreFrom("grows", "--incremental").code()).isZero();
      append(303, 305);
      assertThat(scoreFrom("grows", "--incremental").code()).isZero();
      assertEachOnce(305);
    } finally {
      sql("DROP TABLE grows");
    }
  }

  @Test
  @Tag("long")
  void anotherModelScoresAllRowsAndSaysSo() {
    mustScoreNew();
    TestSpark.Outcome outcome = mustScoreNew("--precision=bf16");
    assertThat(outcome.err()).contains("also holds predictions of other --incremental jobs");
    assertThat(read().count()).isEqualTo(606);
    append(303, 305);
    mustScoreNew();
    mustScoreNew("--precision=bf16");
    assertThat(read().count()).isEqualTo(610);
  }

  /** A table that was moved with its checkpoint goes on. */
  @Test
  @Tag("long")
  void theOutputMayBeMoved() throws IOException {
    mustScoreNew();
    Path moved = folder.resolve("moved");
    Files.move(output, moved);
    output = moved;
    append(303, 305);
    assertThat(mustScoreNew().out()).contains("Scored 2 rows");
    assertEachOnce(305);
  }

  /** Spark's checkpoint. */
  private Path spark() throws IOException {
    try (Stream<Path> jobs = Files.list(output.resolve("_smartbert"))) {
      return jobs.findFirst().orElseThrow().resolve("spark");
    }
  }

  private void delete(String file) throws IOException {
    Path path = spark().resolve(file);
    Files.delete(path);
    Files.deleteIfExists(path.resolveSibling("." + path.getFileName() + ".crc"));
  }
}
