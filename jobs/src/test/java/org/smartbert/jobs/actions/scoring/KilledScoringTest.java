package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;

/**
 * A scoring run resumes from whatever a kill leaves. The files are copied over and over while a run
 * writes them, which is what a kill at that moment would leave on the disk; then the same command
 * is given on copies.
 */
class KilledScoringTest extends ScoringFixture {
  private static final String LOG = "_delta_log";

  private final SparkSession spark = TestSpark.local();

  @Test
  @Tag("slow")
  void copiesOfARunThatWritesGoOn() throws Exception {
    restartFrom(4);
  }

  @Test
  @Tag("stops")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void manyCopiesOfARunThatWritesGoOn() throws Exception {
    restartFrom(40);
  }

  @Test
  @Tag("stops")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void driversThatAreKilledAtRandomMomentsGoOn() throws Exception {
    Random random = new Random(7);
    int killed = 0;
    for (int i = 0; i < 6; i++) {
      Process process = start();
      // The tables appear a while after the JVM does: from then on every moment is interesting.
      for (int wait = 0; wait < 1200 && process.isAlive() && !Files.exists(tables()); wait++) {
        Thread.sleep(50);
      }
      boolean ended = process.waitFor(random.nextInt(6000), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      killed += ended ? 0 : 1;
    }
    assertThat(killed).isPositive();
    DeltaLog.clearCache();
    assertThat(score("--slices=6").code()).isZero();
    assertExact("after kills");
  }

  private void restartFrom(int number) throws Exception {
    List<Path> copies = copiesOfARun();
    assertThat(copies).as("states that differ").hasSizeGreaterThan(8);
    for (int i = 0; i < Math.min(number, copies.size()); i++) {
      Path copy = copies.get(i * copies.size() / Math.min(number, copies.size()));
      restore(copy);
      TestSpark.Outcome outcome = score("--slices=2");
      String state = copy + ": " + files(copy);
      assertThat(outcome.code()).as("%s: %s", state, outcome.err()).isZero();
      assertExact(state);
    }
  }

  private void assertExact(String state) {
    assertThat(read().count()).as(state).isEqualTo(303);
    assertThat(read().select("id").distinct().count()).as(state).isEqualTo(303);
    assertThat(constraints(output))
        .as(state)
        .containsExactlyInAnyOrder(
            "delta.constraints.decided_or_explained",
            "delta.constraints.layers_fit",
            "delta.constraints.confidence_is_a_share");
    assertThat(constraints(tables().resolve("runs")))
        .as(state)
        .containsExactly("delta.constraints.known_status");
    List<Row> runs =
        spark.read().format("delta").load(tables().resolve("runs").toString()).collectAsList();
    assertThat(runs).as(state).hasSize(1);
    assertThat(runs.get(0).<String>getAs("status")).as(state).isEqualTo("finished");
    assertThat(runs.get(0).<Long>getAs("rows")).as(state).isEqualTo(303);
  }

  private List<String> constraints(Path table) {
    return spark
        .sql("DESCRIBE DETAIL delta.`" + table + "`")
        .select("properties")
        .first()
        .<String, String>getJavaMap(0)
        .keySet()
        .stream()
        .filter(key -> key.startsWith("delta.constraints."))
        .toList();
  }

  private Path tables() {
    return folder.resolve("tables");
  }

  /** Copies that differ in their files, in the order in which they were made. */
  private List<Path> copiesOfARun() throws Exception {
    CompletableFuture<TestSpark.Outcome> run =
        CompletableFuture.supplyAsync(() -> score("--slices=2"));
    List<Path> copies = new ArrayList<>();
    String last = "";
    for (int i = 0; !run.isDone(); i++) {
      Path copy = folder.resolve(String.format("copies/%05d", i));
      Files.createDirectories(copy);
      // A kill stops both tables at once and a copy does not; so each is the older one at times.
      List<Path> order = i % 2 == 0 ? List.of(tables(), output) : List.of(output, tables());
      for (Path each : order) {
        copy(each, copy.resolve(each.getFileName()));
      }
      String files = files(copy);
      if (files.equals(last)) {
        delete(copy);
      } else {
        copies.add(copy);
        last = files;
      }
    }
    assertThat(run.get().code()).as(run.get().err()).isZero();
    return copies;
  }

  /** Logs before data: what a copied log names is there when the data is copied. */
  private static void copy(Path from, Path to) throws IOException {
    for (boolean log : new boolean[] {true, false}) {
      for (Path file : list(from)) {
        if (file.toString().contains(LOG) == log) {
          Path target = to.resolve(from.relativize(file).toString());
          Files.createDirectories(Files.isDirectory(file) ? target : target.getParent());
          if (Files.isRegularFile(file)) {
            try {
              Files.copy(file, target);
            } catch (NoSuchFileException e) {
              // Renamed since it was listed, as a kill would have found it.
              Files.deleteIfExists(target);
            }
          }
        }
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted().toList();
    } catch (UncheckedIOException e) {
      return list(folder);
    }
  }

  private static String files(Path copy) throws IOException {
    return list(copy).stream()
        .map(path -> copy.relativize(path).toString())
        .filter(name -> !name.endsWith(".crc"))
        .collect(Collectors.joining(" "));
  }

  private void restore(Path copy) throws IOException {
    for (Path each : List.of(tables(), output)) {
      delete(each);
      copy(copy.resolve(each.getFileName()), each);
    }
    // This JVM wrote newer commits of the same paths.
    DeltaLog.clearCache();
  }

  private static void delete(Path folder) throws IOException {
    for (Path path : list(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
      Files.delete(path);
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
            "--input=" + input,
            "--model=" + model,
            "--output=" + output,
            "--slices=6",
            "--tables-root=" + tables()));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("killed.log").toFile())
        .start();
  }
}
