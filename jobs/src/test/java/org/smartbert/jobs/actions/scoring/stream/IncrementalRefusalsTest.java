package org.smartbert.jobs.actions.scoring.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;

/** What {@code score --incremental} refuses, because rows would be lost or doubled. */
@Tag("long")
class IncrementalRefusalsTest extends IncrementalFixture {
  private String checkpoint;

  @BeforeEach
  void nameCheckpoint() {
    checkpoint = "--checkpoint=" + folder.resolve("checkpoint");
  }

  @Test
  void theCheckpointOfAnotherJob() {
    mustScoreNew(checkpoint);
    assertRefused(
        scoreNew(checkpoint, "--entropy-threshold=0.5"),
        "belongs to another job (entropy_threshold was 0.3 and is 0.5); give another --checkpoint");
  }

  @Test
  void theCheckpointOfAnotherModel() throws IOException {
    mustScoreNew(checkpoint);
    deleteAll(model);
    TinyModels.write(model, CONFIG, 5);
    assertRefused(scoreNew(checkpoint), "belongs to another job (model_version was ");
    assertEachOnce(303);
  }

  @Test
  void aFolderThatIsNoCheckpoint() throws IOException {
    Files.createDirectories(folder.resolve("checkpoint/offsets"));
    assertRefused(scoreNew(checkpoint), "exists and was not made by score --incremental;");
    assertThat(output).doesNotExist();
  }

  @Test
  void aCheckpointWhoseTableIsGone() throws IOException {
    mustScoreNew(checkpoint);
    deleteAll(output);
    DeltaLog.clearCache();
    assertRefused(
        scoreNew(checkpoint), "and " + output + " does not exist; move that table back, or");
    assertThat(output).doesNotExist();
  }

  @Test
  void aCheckpointWhoseTableIsAnotherOne() throws IOException {
    mustScoreNew(checkpoint);
    deleteAll(output);
    DeltaLog.clearCache();
    assertThat(score().code()).isZero();
    assertRefused(scoreNew(checkpoint), "the table at " + output + " is another one;");
  }

  @Test
  void anOutputWhoseCheckpointIsGone() throws IOException {
    mustScoreNew();
    deleteAll(output.resolve("_smartbert"));
    assertRefused(scoreNew(), "that another checkpoint (id ");
    assertEachOnce(303);
  }

  /** Two first calls at once, with a checkpoint each, would write all rows twice. */
  @Test
  void anotherCheckpointOfTheSameJob() {
    mustScoreNew();
    String batch =
        sql("DESCRIBE HISTORY delta.`%s`", output)
            .filter("userMetadata IS NOT NULL")
            .selectExpr("userMetadata")
            .first()
            .getString(0);
    read()
        .limit(0)
        .write()
        .format("delta")
        .mode("append")
        .option("txnAppId", batch.replaceFirst("/[^/]+/0$", "/other"))
        .option("txnVersion", 0)
        .save(output.toString());
    append(303, 310);
    assertRefused(scoreNew(), "that another checkpoint (id other) notes");
    assertEachOnce(303);
  }

  @Test
  void anOutputThatWasRestored() throws IOException {
    mustScoreNew(checkpoint);
    append(303, 310);
    mustScoreNew(checkpoint);
    // A copy of the table from before the second call.
    deleteFrom(output.resolve("_delta_log"), "0{19}2[.](json|crc).*");
    DeltaLog.clearCache();
    assertRefused(scoreNew(checkpoint), "it was restored to an older version;");
  }

  /** With an older checkpoint Delta would take the next batch for one that it has. */
  @Test
  void aCheckpointThatIsOlderThanTheTable() throws IOException {
    mustScoreNew(checkpoint);
    Path copy = folder.resolve("copy");
    TestSpark.copy(folder.resolve("checkpoint"), copy);
    append(303, 310);
    mustScoreNew(checkpoint);
    deleteAll(folder.resolve("checkpoint"));
    Files.move(copy, folder.resolve("checkpoint"));
    append(310, 320);
    assertRefused(
        scoreNew(checkpoint), "is older than the table " + output + " (batch 0 and batch 1)");
    assertEachOnce(310);
  }

  @Test
  void columnsThatChanged() {
    mustScoreNew();
    sql("ALTER TABLE delta.`%s` ADD COLUMN lang STRING", input);
    assertRefused(
        scoreNew(),
        "The columns of the input "
            + input
            + " have changed since --incremental began (lang is new)");
  }

  @Test
  void anInputThatWasCreatedAnew() throws IOException {
    mustScoreNew();
    deleteAll(input);
    DeltaLog.clearCache();
    TestSpark.writeDelta(input.toString(), COLUMNS, rows(0, 10));
    assertRefused(scoreNew(), "it was deleted and created anew;");
  }

  @Test
  void anInputWhoseLogWasCut() throws IOException {
    sql("ALTER TABLE delta.`%s` SET TBLPROPERTIES ('delta.checkpointInterval' = '2')", input);
    mustScoreNew();
    for (int i = 0; i < 4; i++) {
      append(303 + i, 304 + i);
    }
    deleteFrom(input.resolve("_delta_log"), "0{19}[0-3][.]json.*");
    DeltaLog.clearCache();
    assertRefused(scoreNew(), "does not have the versions 2 to 3 in its log any more");
    assertEachOnce(303);
  }

  @Test
  void anInputWhoseFilesWereVacuumed() throws IOException {
    append(303, 310);
    mustScoreNew("--max-files-per-trigger=1");
    append(310, 320);
    deleteNewest(input);
    DeltaLog.clearCache();
    TestSpark.Outcome outcome = scoreNew();
    assertRefused(outcome, "does not have all versions or files any more");
    assertEachOnce(310);
  }

  @Test
  void aViewCannotSayWhatIsNew() {
    sql("CREATE OR REPLACE TEMPORARY VIEW seen AS SELECT * FROM delta.`%s`", input);
    assertRefused(
        scoreFrom("seen", "--incremental", "--format=table"), "seen is a view, or a table that");
  }

  @Test
  void aTableTakesBothKindsOfScoreInNoOrder() {
    assertThat(score("--incremental=off").code()).isZero();
    assertRefused(scoreNew(), "holds predictions of score --incremental off (run score-");
    output = folder.resolve("other");
    mustScoreNew();
    String message = "holds predictions of the same rows by score --incremental, and they would";
    assertRefused(score("--incremental=off"), message);
    assertRefused(score("--slices=2"), message);
    assertEachOnce(303);
  }

  @Test
  void optionsThatMeanNothing() {
    for (String option : List.of("--changes=ignore", checkpoint, "--follow")) {
      assertRefused(
          score("--incremental=off", option),
          option.replaceFirst("=.*", "") + " has no effect with --incremental off;");
    }
    assertRefused(score(checkpoint, "--run-id=x"), "--run-id cannot be given with --incremental");
    assertRefused(score("--poll-interval=1s"), "--poll-interval has an effect only with --follow;");
    assertRefused(scoreNew("--follow", "--poll-interval=often"), "give a time such as 10s or 1m.");
    assertRefused(scoreNew("--follow", "--poll-interval=0s"), "it must be 1 ms or more.");
    assertRefused(scoreNew("--run-id=x"), "--run-id cannot be given with --incremental");
    assertRefused(scoreNew("--slices=2"), "--slices has no effect with --incremental");
    assertRefused(
        scoreNew("--max-core-hours=1"), "--max-core-hours cannot be used with --incremental;");
    assertRefused(scoreNew("--max-files-per-trigger=0"), "it must be 1 or more.");
    assertRefused(scoreNew("--max-bytes-per-trigger=much"), "give a size such as 64m");
    assertRefused(scoreNew("--option=versionAsOf=0"), "The option versionAsOf of the input ");
    assertThat(output).doesNotExist();
  }

  private static void deleteFrom(Path folder, String pattern) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().matches("[.]?" + pattern)) {
          Files.delete(file);
        }
      }
    }
  }

  private static void deleteNewest(Path table) throws IOException {
    try (Stream<Path> files = Files.list(table)) {
      Path newest =
          files
              .filter(file -> file.toString().endsWith(".parquet"))
              .max(Comparator.comparing(file -> file.toFile().lastModified()))
              .orElseThrow();
      Files.delete(newest);
    }
  }
}
