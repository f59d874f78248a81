package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.CommandProcess;
import org.smartbert.jobs.StandaloneCluster;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;

/**
 * A scheduler's SIGTERM at random moments: exit code 143 within seconds, one line, no crash of the
 * JVM, and the same command resumes and ends as an undisturbed one.
 */
@Tag("slow")
@Tag("stops")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class TerminationTest {
  private static final int STOPS = 20;
  private static final String QUERY_RESULT = "n\n40000\n";
  private static final String EVERY_100 = "--checkpoint-every=100";
  private static final Map<String, String> LOCAL = Map.of("spark.master", "local[2]");

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  @Test
  void trainingSavesACheckpointAndResumes() throws Exception {
    writeInput();
    Random random = new Random(7);
    RunTime time = new RunTime(random);
    CommandProcess undisturbed = train(LOCAL, "undisturbed", "first", EVERY_100);
    assertThat(undisturbed.exitCode()).as(undisturbed.err()).isZero();
    time.ended();
    int model = 0;
    int resumed = 0;
    for (int stop = 0; stop < STOPS; ) {
      String name = "model-" + model;
      CommandProcess process = train(LOCAL, name, "stop-" + stop, EVERY_100);
      if (process.endsWithin(time.momentWithin())) {
        time.ended();
        assertThat(process.exitCode()).as(process.err()).isZero();
        resumed += resumed(process);
        assertSame(name);
        model++;
        continue;
      }
      boolean finished = assertStops(process);
      resumed += resumed(process);
      if (finished) {
        assertSame(name);
        model++;
      } else {
        assertThat(folder.resolve(name)).doesNotExist();
      }
      stop++;
    }
    CommandProcess last = train(LOCAL, "model-" + model, "last", EVERY_100);
    assertThat(last.exitCode()).as(last.err()).isZero();
    assertSame("model-" + model);
    // Most stops are during training, so that there was a checkpoint to resume from.
    assertThat(resumed).isGreaterThan(STOPS / 3);
  }

  @Test
  void scoringResumesAndNeitherLosesNorDoublesARow() throws Exception {
    writeInput();
    TinyModels.write(folder.resolve("model"), TinyModels.config(6, 64, 2), 3);
    Random random = new Random(8);
    RunTime time = new RunTime(random);
    CommandProcess undisturbed = score("undisturbed", "first");
    assertThat(undisturbed.exitCode()).as(undisturbed.err()).isZero();
    time.ended();
    int output = 0;
    for (int stop = 0; stop < STOPS; ) {
      CommandProcess process = score("scored-" + output, "stop-" + stop);
      if (process.endsWithin(time.momentWithin())) {
        time.ended();
        assertThat(process.exitCode()).as(process.err()).isZero();
        output++;
        continue;
      }
      output += assertStops(process) ? 1 : 0;
      stop++;
    }
    CommandProcess last = score("scored-" + output, "last");
    assertThat(last.exitCode()).as(last.err()).isZero();
    for (int i = 0; i <= output; i++) {
      Dataset<Row> scored =
          TestSpark.local().read().format("delta").load(folder.resolve("scored-" + i).toString());
      assertThat(scored.count()).isEqualTo(400);
      assertThat(scored.select("text").distinct().count()).isEqualTo(400);
    }
  }

  @Test
  void aQueryStopsWhereverItIs() throws Exception {
    writeInput();
    TinyModels.write(folder.resolve("model"), TinyModels.config(6, 64, 2), 3);
    Random random = new Random(9);
    RunTime time = new RunTime(random);
    CommandProcess undisturbed = query("first");
    assertThat(undisturbed.exitCode()).as(undisturbed.err()).isZero();
    assertThat(undisturbed.out()).isEqualTo(QUERY_RESULT);
    time.ended();
    for (int stop = 0; stop < STOPS; ) {
      CommandProcess process = query("stop-" + stop);
      if (process.endsWithin(time.momentWithin())) {
        time.ended();
        assertThat(process.exitCode()).as(process.err()).isZero();
        assertThat(process.out()).isEqualTo(QUERY_RESULT);
        continue;
      }
      assertStops(process);
      // A result is printed whole or not at all.
      assertThat(process.out()).isIn("", QUERY_RESULT);
      stop++;
    }
  }

  @Test
  void theDriverOfAClusterStopsItsExecutors() throws Exception {
    writeInput();
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("cluster"), 2)) {
      Map<String, String> spark =
          Map.of(
              "spark.master",
              cluster.spark().sparkContext().master(),
              "spark.executor.extraClassPath",
              System.getProperty("java.class.path"),
              "spark.executor.memory",
              "1g",
              "spark.executor.cores",
              "1",
              "spark.executor.extraJavaOptions",
              "-Dai.djl.offline=true -Dai.djl.pytorch.num_threads=1",
              "spark.scheduler.minRegisteredResourcesRatio",
              "1.0");
      // This session would hold the cores.
      cluster.spark().stop();
      for (int stop = 0; stop < 3; stop++) {
        CommandProcess process =
            train(
                spark,
                "distributed",
                "cluster-stop-" + stop,
                "--workers=2",
                "--checkpoint-every=0");
        awaitTraining(process);
        Thread.sleep(500L + 700L * stop);
        assertStops(process);
        assertThat(process.err()).contains("; the same command resumes from checkpoint ");
      }
      CommandProcess last = train(spark, "distributed", "cluster-last", "--workers=2");
      assertThat(last.exitCode()).as(last.err()).isZero();
      assertThat(last.err()).contains("Resuming from checkpoint");
      try (Stream<Path> files = Files.walk(folder)) {
        assertThat(files.filter(f -> f.getFileName().toString().startsWith("hs_err"))).isEmpty();
      }
    }
  }

  private static int resumed(CommandProcess process) {
    return process.err().contains("Resuming from checkpoint") ? 1 : 0;
  }

  /** Until the workers train: the first progress line is there. */
  private void awaitTraining(CommandProcess process) throws Exception {
    for (int i = 0; i < 3000 && !process.err().contains("Training  "); i++) {
      assertThat(process.endsWithin(100)).as(process.err()).isFalse();
    }
    assertThat(process.err()).contains("stage 1 epoch");
  }

  /**
   * How long a run takes that nobody stops, from the last one that ended: a machine that others use
   * is faster or slower a minute later.
   */
  private static final class RunTime {
    private final Random random;
    private long started = System.nanoTime();
    private long millis;

    RunTime(Random random) {
      this.random = random;
    }

    void ended() {
      millis = (System.nanoTime() - started) / 1_000_000;
    }

    /** Milliseconds from now, within the later two thirds of a run that begins now. */
    int momentWithin() {
      started = System.nanoTime();
      return (int) (millis / 3) + random.nextInt((int) (millis / 2));
    }
  }

  /**
   * Terminates it.
   *
   * @return whether it had printed its result by then, which is not reported as stopped
   */
  private static boolean assertStops(CommandProcess process) throws InterruptedException {
    long terminated = System.nanoTime();
    process.terminate();
    int code = process.exitCode();
    assertThat(process.crashes()).as(process.out() + process.err()).isEmpty();
    assertThat(code).as(process.err()).isEqualTo(143);
    List<String> lines =
        process.err().lines().filter(line -> line.startsWith("smartbert: ")).toList();
    boolean finished =
        lines.isEmpty() && (process.out().contains("Run: ") || process.out().equals(QUERY_RESULT));
    assertThat(finished || lines.size() == 1).as(process.out() + process.err()).isTrue();
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - terminated)).isLessThan(20);
    return finished;
  }

  private void writeInput() {
    TinyModels.write(
        folder.resolve("backbone"), TinyModels.withDropout(TinyModels.config(3, 32, 2), 0.1), 3);
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 400; id++) {
      rows.add(RowFactory.create("w" + (id % 2) + " w" + id % 50 + " " + id, "l" + id % 2));
    }
    TestSpark.writeDelta(folder.resolve("input").toString(), "text STRING, label STRING", rows);
  }

  private CommandProcess train(
      Map<String, String> spark, String output, String directory, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--input=" + folder.resolve("input"),
                "--model=" + folder.resolve("backbone"),
                "--output=" + folder.resolve(output),
                "--learning-rate=1e-3",
                "--stage-one-epochs=30",
                "--soft-epochs=15",
                "--stage-two-epochs=20",
                "--batch-size=16",
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(List.of(options));
    return CommandProcess.start(folder.resolve(directory), spark, arguments.toArray(String[]::new));
  }

  /** A hundred times the rows, so that it takes seconds in Spark and in libtorch. */
  private CommandProcess query(String directory) {
    return CommandProcess.start(
        folder.resolve(directory),
        LOCAL,
        "sql",
        "--model=" + folder.resolve("model"),
        "--format=csv",
        "-e",
        "SELECT count(smartbert(concat(text, ' ', r.id)).prediction) AS n FROM delta.`"
            + folder.resolve("input")
            + "` CROSS JOIN range(100) AS r");
  }

  private CommandProcess score(String output, String directory) {
    return CommandProcess.start(
        folder.resolve(directory),
        LOCAL,
        "score",
        "--input=" + folder.resolve("input"),
        "--model=" + folder.resolve("model"),
        "--output=" + folder.resolve(output),
        "--slices=8",
        "--tables-root=" + folder.resolve("tables"));
  }

  private void assertSame(String name) throws IOException {
    assertThat(
            Files.mismatch(
                folder.resolve(name).resolve("model.safetensors"),
                folder.resolve("undisturbed/model.safetensors")))
        .as("first byte of %s that differs", name)
        .isEqualTo(-1);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(f -> f.getFileName().toString().startsWith(name + ".unfinished")))
          .isEmpty();
    }
  }
}
