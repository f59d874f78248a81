package org.smartbert.jobs.actions.scoring.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Drivers are killed at random moments while rows arrive, and no row is lost, doubled or null. */
class KilledIncrementalTest extends IncrementalFixture {
  private static final int KILLS = 6;

  @Test
  @Tag("long")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void driversThatAreKilledLoseAndDoubleNothing() throws Exception {
    Random random = new Random(11);
    long rows = 303;
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      // Three files, so that there are three batches to be killed in.
      for (int file = 0; file < 3; file++) {
        append(rows, rows + 40);
        rows += 40;
      }
      Process process = start();
      long before = files();
      // The JVM takes seconds to start: from the first new file on every moment is interesting.
      for (int wait = 0; wait < 2400 && process.isAlive() && files() == before; wait++) {
        Thread.sleep(25);
      }
      append(rows, rows + 10);
      rows += 10;
      boolean ended = process.waitFor(random.nextInt(4000), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      killed += ended ? 0 : 1;
    }
    assertThat(killed).as("kills that met a running driver").isGreaterThan(KILLS / 2);
    DeltaLog.clearCache();
    mustScoreNew("--max-files-per-trigger=1");
    assertEachOnce(rows);
    // The row 300 has no text.
    assertThat(read().filter("prediction IS NULL").collectAsList())
        .extracting(row -> row.<Long>getAs("id"))
        .containsExactly(300L);
    List<Row> runs = runs().collectAsList();
    assertThat(runs).extracting(run -> run.<String>getAs("status")).containsOnly("finished");
    assertThat(runs.stream().mapToLong(run -> run.<Long>getAs("rows")).sum()).isEqualTo(rows);
  }

  /** Files of output and checkpoint. */
  private long files() throws IOException {
    if (!Files.exists(output)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(output)) {
      return files.count();
    } catch (UncheckedIOException e) {
      // One was renamed meanwhile.
      return -1;
    }
  }

  private Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-Dai.djl"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dspark.master=local[2]",
            "-Dspark.ui.enabled=false",
            "-Dspark.sql.shuffle.partitions=2",
            "-cp",
            System.getProperty("java.class.path"),
            "org.smartbert.jobs.cli.Main",
            "score",
            "--incremental",
            "--max-files-per-trigger=1",
            "--input=" + input,
            "--model=" + model,
            "--output=" + output,
            "--tables-root=" + folder.resolve("tables")));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("killed.log").toFile())
        .start();
  }
}
