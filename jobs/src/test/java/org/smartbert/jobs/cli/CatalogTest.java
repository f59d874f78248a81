package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.history.HandMadePredictions;

/** The command sql and a warehouse's catalog, each command a process of its own. */
@Tag("slow")
class CatalogTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  private Path folder;

  @Test
  void twoSessionsUseOneCatalogAtOnceAndItOutlivesThem() throws Exception {
    // The second begins while the first holds the catalog, and each reads what the other created.
    Path ended = folder.resolve("second-ended");
    String wait =
        "SELECT java_method('%s', 'await', '%s') FROM a"
            .formatted(AwaitedFile.class.getName(), ended);
    Run first =
        start("sql", "-e", "CREATE TABLE a AS SELECT 1 AS x; " + wait + "; SELECT * FROM b");
    waitForTable("a");
    Run second = start("sql", "-e", "CREATE TABLE b AS SELECT x + 1 AS y FROM a; SELECT * FROM b");
    assertThat(second.end()).as(second.err()).isZero();
    assertThat(second.out()).contains("2");
    assertThat(first.process().isAlive()).as("the first session still runs").isTrue();
    Files.createFile(ended);
    assertThat(first.end()).as(first.err()).isZero();
    assertThat(first.out()).contains("2");
    Run third = start("sql", "--format", "csv", "-e", "SELECT x, y FROM a, b");
    assertThat(third.end()).as(third.err()).isZero();
    assertThat(third.out()).isEqualTo("x,y\n1,2\n");
  }

  @Test
  void viewsOfOneCommandAreSeenByAnother() throws Exception {
    String predictions = HandMadePredictions.write(folder, "predictions", "").name();
    Run views = start("views", "--predictions", predictions, "--label-column", "truth");
    assertThat(views.end()).as(views.err()).isZero();
    assertThat(views.out()).contains("exit_histogram").contains("accuracy_by_cost");
    Run sql = start("sql", "--format", "csv", "-e", "SELECT sum(rows) AS n FROM exit_histogram");
    assertThat(sql.end()).as(sql.err()).isZero();
    assertThat(sql.out()).startsWith("n\n").hasSizeGreaterThan(3);
  }

  @Test
  void mistakesGetOneSentenceAndExitCodeTwo() throws Exception {
    assertMistake("cannot be found", "sql", "-e", "SELECT * FROM nowhere");
    assertMistake("none.sql does not exist", "sql", "-f", "none.sql");
    assertMistake("not a Delta table", "sql", "--predictions", "./nothing", "-e", "SELECT 1");
  }

  private void assertMistake(String part, String... command) throws Exception {
    Run run = start(command);
    assertThat(run.end()).isEqualTo(2);
    assertThat(run.err().lines().filter(line -> line.startsWith("smartbert:")))
        .hasSize(1)
        .first()
        .asString()
        .contains(part);
    assertThat(run.out()).isEmpty();
  }

  private void waitForTable(String name) throws InterruptedException {
    Path table = folder.resolve("warehouse/tables").resolve(name).resolve("_delta_log");
    for (int i = 0; i < 600 && !Files.exists(table); i++) {
      Thread.sleep(100);
    }
    assertThat(table).exists();
  }

  private record Run(Process process, Path outFile, Path errFile) {
    int end() throws InterruptedException {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("the command ends").isTrue();
      return process.exitValue();
    }

    String out() throws IOException {
      return Files.readString(outFile);
    }

    String err() throws IOException {
      return Files.readString(errFile);
    }
  }

  private Run start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-Dai.djl"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dspark.master=local[1]",
            "-Dspark.ui.enabled=false",
            "-Dspark.sql.shuffle.partitions=2",
            "-Dlog4j2.configurationFile=" + Path.of("../conf/log4j2.properties").toAbsolutePath(),
            "-cp",
            System.getProperty("java.class.path"),
            "org.smartbert.jobs.cli.Main"));
    command.addAll(List.of(arguments));
    command.add("--warehouse=" + folder.resolve("warehouse"));
    Path out = Files.createTempFile(folder, "run", ".out");
    Path err = Files.createTempFile(folder, "run", ".err");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new Run(process, out, err);
  }
}
