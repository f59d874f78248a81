package org.smartbert.jobs.actions.scoring.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;

/** Each file that comes to a folder is scored once, and read as {@code score} reads it. */
@Tag("long")
class IncrementalFilesTest extends IncrementalFixture {
  private Path landing;

  @BeforeEach
  void makeFolder() throws IOException {
    landing = Files.createDirectory(folder.resolve("landing"));
  }

  @Test
  void csv() throws IOException {
    write("a.csv", "id,text\n1,w1 w2\n2,w3\n");
    mustScore("--format=csv");
    write("b.csv", "text,id\n\"w4, w5\",3\n");
    write("empty.csv", "");
    write("header.csv", "id,text\n");
    assertThat(mustScore("--format=csv").out()).contains("Scored 1 rows");
    assertThat(mustScore("--format=csv").out()).contains("Nothing new");
    assertEachOnce(3);
    assertThat(read().filter("text = 'w4, w5' AND id = '3'").count()).isEqualTo(1);
  }

  @Test
  void malformedRecordsAreKeptAndTold() throws IOException {
    write("a.csv", "id,text\n1,w1 w2\n");
    mustScore("--format=csv");
    write("b.csv", "id,text\n2,w3,w4\n3,w1\n");
    TestSpark.Outcome outcome = mustScore("--format=csv");
    assertThat(outcome.err()).contains("1 of 2 rows of " + landing + " are malformed");
    assertThat(outcome.out()).contains("1 could not be scored");
    assertThat(read().count()).isEqualTo(3);
  }

  @Test
  void parquetInPartitionFolders() {
    parquet(0, 10, "day=01");
    mustScore("--format=parquet");
    parquet(10, 15, "day=02");
    assertThat(mustScore("--format=parquet").out()).contains("Scored 5 rows");
    assertEachOnce(15);
    assertThat(read().filter("day = '02'").count()).isEqualTo(5);
  }

  @Test
  void json() throws IOException {
    write("a.json", "{\"id\":1,\"text\":\"w1\",\"share\":0.5}\n");
    mustScore("--format=json");
    // A whole number, no value, and no key.
    write(
        "b.json",
        "{\"id\":2,\"text\":\"w1\",\"share\":1}\n{\"id\":3,\"text\":\"w2\",\"share\":null}\n");
    write("c.json", "{\"id\":4,\"text\":\"w1\"}\n");
    mustScore("--format=json");
    assertEachOnce(4);
    assertThat(read().filter("share = 1.0D").count()).isEqualTo(1);
    write("d.json", "{\"id\":5,\"text\":\"w1\",\"lang\":\"de\"}\n");
    assertRefused(
        scoreNewFrom(landing, "--format=json"),
        "New files of the input "
            + landing
            + " have other columns than its first files had (lang is new)");
  }

  @Test
  void aFileWithOtherColumnsStopsTheStreamUntilItIsTakenOut() throws IOException {
    write("a.csv", "id,text\n1,w1 w2\n");
    mustScore("--format=csv");
    write("b.csv", "id,text,lang\n2,w3,de\n");
    String message = "have other columns than its first files had (lang is new); take them out";
    assertRefused(scoreNewFrom(landing, "--format=csv"), message);
    assertRefused(scoreNewFrom(landing, "--format=csv"), message);
    Files.delete(landing.resolve("b.csv"));
    write("c.csv", "id,text\n3,w1 w2\n");
    TestSpark.Outcome outcome = mustScore("--format=csv");
    assertThat(outcome.err()).contains("1 files of " + landing + " were removed after they were");
    assertEachOnce(2);
  }

  /** Spark notes files by name, and would pass over one that has grown. */
  @Test
  void aFileThatWasChangedIsRefusedOrLeftAsItIs() throws IOException {
    write("a.csv", "id,text\n1,w1 w2\n");
    mustScore("--format=csv");
    write("a.csv", "id,text\n1,w1 w2\n2,w4\n");
    Files.setLastModifiedTime(
        landing.resolve("a.csv"), FileTime.from(Instant.now().plusSeconds(9)));
    assertRefused(
        scoreNewFrom(landing, "--format=csv"),
        "1 files of the input " + landing + " were changed after they were listed");
    assertThat(mustScore("--format=csv", "--changes=ignore").err())
        .contains("they are not scored again");
    assertEachOnce(1);
  }

  /** Old times, as copies with their times have, are no reason to pass over a file. */
  @Test
  void aFileWithAnOldTimeIsScored() throws IOException {
    write("a.csv", "id,text\n1,w1 w2\n");
    mustScore("--format=csv");
    write("b.csv", "id,text\n2,w4\n");
    Files.setLastModifiedTime(
        landing.resolve("b.csv"), FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));
    mustScore("--format=csv");
    assertEachOnce(2);
  }

  /** Spark puts its lists of files together after some batches, and deletes them. */
  @Test
  void filesAreFoundInListsThatWerePutTogether() throws IOException {
    RuntimeConfig settings = TestSpark.local().conf();
    settings.set("spark.sql.streaming.fileSource.log.compactInterval", 2);
    settings.set("spark.sql.streaming.fileSource.log.cleanupDelay", 0);
    try {
      for (int id = 1; id <= 4; id++) {
        write(id + ".csv", "id,text\n" + id + ",w1 w2\n");
      }
      mustScore("--format=csv", "--max-files-per-trigger=1");
      write("5.csv", "id,text\n5,w1 w2\n");
      assertThat(mustScore("--format=csv").out()).contains("Scored 1 rows");
      assertEachOnce(5);
    } finally {
      settings.unset("spark.sql.streaming.fileSource.log.compactInterval");
      settings.unset("spark.sql.streaming.fileSource.log.cleanupDelay");
    }
  }

  @Test
  void aSingleFileIsRefused() throws IOException {
    write("a.csv", "id,text\n1,w1 w2\n");
    assertRefused(
        scoreNewFrom(landing.resolve("a.csv")), "is a file, to which --incremental cannot see");
    assertThat(output).doesNotExist();
  }

  @Test
  void aPatternFindsNewFiles() throws IOException {
    write("a.csv", "id,text\n1,w1 w2\n");
    write("a.txt", "nothing\n");
    Path pattern = landing.resolve("*.csv");
    assertThat(scoreNewFrom(pattern).code()).isZero();
    write("[b].csv", "id,text\n2,w1 w2\n");
    assertThat(scoreNewFrom(pattern).code()).isZero();
    assertEachOnce(2);
  }

  private TestSpark.Outcome mustScore(String... options) {
    TestSpark.Outcome outcome = scoreNewFrom(landing, options);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(landing.resolve(name), text);
  }

  private void parquet(long from, long to, String partition) {
    TestSpark.local()
        .createDataFrame(rows(from, to), StructType.fromDDL(COLUMNS))
        .write()
        .parquet(landing.resolve(partition).toString());
  }
}
