package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.CommandProcess;
import org.smartbert.jobs.history.HandMadePredictions;

/** The command sql and a warehouse's catalog, each command a process of its own. */
@Tag("slow")
class CatalogTest {
  /** Of all tests: making a catalog takes longer than what is asked of it. */
  @TempDir(cleanup = CleanupMode.NEVER)
  private static Path folder;

  @Test
  void twoSessionsUseOneCatalogAtOnceAndItOutlivesThem() throws Exception {
    // The second begins while the first holds the catalog, and each reads what the other created.
    Path ended = folder.resolve("second-ended");
    String wait =
        "SELECT java_method('%s', 'await', '%s') FROM a"
            .formatted(AwaitedFile.class.getName(), ended);
    CommandProcess first =
        start("sql", "-e", "CREATE TABLE a AS SELECT 1 AS x; " + wait + "; SELECT * FROM b");
    waitForTable("a");
    CommandProcess second =
        start("sql", "-e", "CREATE TABLE b AS SELECT x + 1 AS y FROM a; SELECT * FROM b");
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.out()).contains("2");
    assertThat(first.endsWithin(0)).as("the first session has ended").isFalse();
    Files.createFile(ended);
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out()).contains("2");
    CommandProcess third = start("sql", "--format", "csv", "-e", "SELECT x, y FROM a, b");
    assertThat(third.exitCode()).as(third.err()).isZero();
    assertThat(third.out()).isEqualTo("x,y\n1,2\n");
  }

  @Test
  void viewsOfOneCommandAreSeenByAnother() throws Exception {
    String predictions = HandMadePredictions.write(folder, "predictions", "").name();
    CommandProcess views = start("views", "--predictions", predictions, "--label-column", "truth");
    assertThat(views.exitCode()).as(views.err()).isZero();
    assertThat(views.out()).contains("exit_histogram").contains("accuracy_by_cost");
    CommandProcess sql =
        start("sql", "--format", "csv", "-e", "SELECT sum(rows) AS n FROM exit_histogram");
    assertThat(sql.exitCode()).as(sql.err()).isZero();
    assertThat(sql.out()).startsWith("n\n").hasSizeGreaterThan(3);
  }

  @Test
  void mistakesGetOneSentenceAndExitCodeTwo() throws Exception {
    CommandProcess table = start("sql", "-e", "SELECT * FROM nowhere");
    CommandProcess file = start("sql", "-f", "none.sql");
    CommandProcess predictions = start("sql", "--predictions", "./nothing", "-e", "SELECT 1");
    assertMistake("cannot be found", table);
    assertMistake("none.sql does not exist", file);
    assertMistake("not a Delta table", predictions);
  }

  private static void assertMistake(String part, CommandProcess run) throws Exception {
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines().filter(line -> line.startsWith("smartbert:")))
        .hasSize(1)
        .first()
        .asString()
        .contains(part);
    assertThat(run.out()).isEmpty();
  }

  private static void waitForTable(String name) throws InterruptedException {
    Path table = folder.resolve("warehouse/tables").resolve(name).resolve("_delta_log");
    for (int i = 0; i < 600 && !Files.exists(table); i++) {
      Thread.sleep(100);
    }
    assertThat(table).exists();
  }

  private static CommandProcess start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add("--warehouse=" + folder.resolve("warehouse"));
    return CommandProcess.start(
        Files.createTempDirectory(folder, "run"),
        Map.of("spark.master", "local[1]"),
        command.toArray(String[]::new));
  }
}
