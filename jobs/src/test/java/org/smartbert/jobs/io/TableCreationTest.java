package org.smartbert.jobs.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.InvalidInputException;

/** A table has all of its constraints or is no table, wherever its creation was cut off. */
class TableCreationTest {
  private static final StructType SCHEMA = StructType.fromDDL("a INT");
  private static final Map<String, String> CONSTRAINTS =
      Map.of("Positive", "a > 0", "small", "a < 10");

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private final SparkSession spark = TestSpark.local();

  @Test
  void theFirstCommitHoldsAllConstraints() {
    create("table");
    assertThat(table("table").delta(spark).history().count()).isEqualTo(1);
    assertGuarded("table");
  }

  @Test
  void constraintsThatATableLacksAreAdded() {
    TestSpark.writeDelta(folder.resolve("old").toString(), "a INT", List.of());
    spark.sql("ALTER TABLE " + table("old").sql() + " ADD CONSTRAINT small CHECK (a < 10)");
    create("old");
    assertGuarded("old");
  }

  @Test
  void rowsThatViolateAMissingConstraintAreSaid() {
    table("wrong").append(spark.sql("SELECT -1 AS a"));
    assertThatThrownBy(() -> create("wrong"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("because rows of the table violate a > 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".00000000000000000000.json.0b6f9cfc-0e4e-4b8e-9a57-17ec0a6d5d3f.tmp",
        "00000000000000000000.json",
        "_commits/x",
      })
  void aCreationThatWasCutOffIsNoTableAndNoObstacle(String left) throws IOException {
    Path log = folder.resolve("cut/_delta_log");
    Files.createDirectories(log);
    if (!left.isEmpty()) {
      Files.createDirectories(log.resolve(left).getParent());
      Files.writeString(
          log.resolve(left), "{\"protocol\":{\"minReaderVersion\":1}}\n{\"metaData\":{\"id\":\"");
    }
    new AppendCheck(table("cut"), spark).require(SCHEMA);
    assertThat(table("cut").exists(spark)).isFalse();
    create("cut");
    assertGuarded("cut");
  }

  @Test
  void whatElseLiesInAFolderIsLeftAlone() throws IOException {
    Files.createDirectories(folder.resolve("mine/_delta_log"));
    Files.writeString(folder.resolve("mine/notes.txt"), "mine");
    assertThatThrownBy(() -> new AppendCheck(table("mine"), spark).require(SCHEMA))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("(it holds \"notes.txt\")");
  }

  @Test
  void manyMayCreateAndAppendAtOnce() {
    CountDownLatch begin = new CountDownLatch(1);
    List<CompletableFuture<Void>> writers =
        IntStream.range(1, 5)
            .mapToObj(
                i ->
                    CompletableFuture.runAsync(
                        () -> {
                          await(begin);
                          create("shared");
                          table("shared").append(spark.sql("SELECT " + i + " AS a"));
                        }))
            .toList();
    begin.countDown();
    writers.forEach(CompletableFuture::join);
    assertThat(table("shared").read(spark).distinct().count()).isEqualTo(4);
    assertGuarded("shared");
  }

  @Test
  void aConflictIsRetriedAndAnotherFailureIsNot() {
    AtomicInteger attempts = new AtomicInteger();
    DeltaCommits.retrying(
        "t",
        () -> {
          if (attempts.incrementAndGet() < 3) {
            throw new io.delta.exceptions.ProtocolChangedException("changed");
          }
        });
    assertThat(attempts).hasValue(3);
    assertThatThrownBy(
            () ->
                DeltaCommits.retrying(
                    "t",
                    () -> {
                      attempts.incrementAndGet();
                      throw new IllegalStateException("no conflict");
                    }))
        .hasMessage("no conflict");
    assertThat(attempts).hasValue(4);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void create(String name) {
    new TableCreation(table(name), spark).create(SCHEMA, CONSTRAINTS);
  }

  private void assertGuarded(String name) {
    table(name).append(spark.sql("SELECT 5 AS a"));
    for (int wrong : new int[] {-1, 11}) {
      assertThatThrownBy(() -> table(name).append(spark.sql("SELECT " + wrong + " AS a")))
          .hasStackTraceContaining("CHECK constraint");
    }
  }

  private TableLocation table(String name) {
    return TableLocation.parse(folder.resolve(name).toString(), spark);
  }
}
