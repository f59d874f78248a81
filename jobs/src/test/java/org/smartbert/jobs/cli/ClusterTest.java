package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.StandaloneCluster;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;

/**
 * Training and scoring on a standalone cluster, every executor a process of its own: two workers
 * end where one would, and nothing that happens to an executor changes the model's bits.
 */
@Tag("slow")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ClusterTest {
  /** The name of a checkpoint: stage, trial and step. */
  private static final String HALF_OF_STAGE_ONE = "1-01-000000040";

  @TempDir(cleanup = CleanupMode.NEVER)
  static Path folder;

  private static StandaloneCluster cluster;
  private static Path undisturbed;

  @BeforeAll
  static void start() throws IOException {
    cluster = StandaloneCluster.start(folder.resolve("cluster"), 2);
    TinyModels.write(
        folder.resolve("backbone"), TinyModels.withDropout(TinyModels.config(4, 32, 2), 0.1), 3);
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 500; id++) {
      rows.add(RowFactory.create("w" + (id % 2) + " w" + id % 50 + " w" + id % 7, "l" + id % 2));
    }
    cluster
        .spark()
        .createDataFrame(rows, StructType.fromDDL("text STRING, label STRING"))
        .repartition(4)
        .write()
        .format("delta")
        .save(folder.resolve("input").toString());
    // Once to start the executors' engines, once for the model that all others are compared with.
    TestSpark.Outcome first = train("warm", "--workers=2");
    assertThat(first.out()).as(first.err()).contains("Validation accuracy 1.0");
    TestSpark.Outcome outcome = train("undisturbed", "--workers=2");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).doesNotContain("broke");
    undisturbed = folder.resolve("undisturbed");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void theSameSeedGivesTheSameBits() throws IOException {
    assertSameModel(folder.resolve("warm"));
  }

  @Test
  void encryptedGradientsAreTheSameGradients() throws IOException {
    assertThat(train("encrypted", "--workers=2", "--encrypt").code()).isZero();
    assertSameModel(folder.resolve("encrypted"));
  }

  @Test
  void scoringRunsOnBothExecutors() {
    TestSpark.Outcome outcome =
        TestSpark.runOn(
            "score",
            "--input=" + folder.resolve("input"),
            "--model=" + undisturbed,
            "--output=" + folder.resolve("scored"),
            "--slices=2",
            "--tables-root=" + folder.resolve("tables"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Dataset<Row> scored =
        cluster.spark().read().format("delta").load(folder.resolve("scored").toString());
    assertThat(scored.filter("prediction IS NOT NULL").count()).isEqualTo(500);
    assertThat(scored.filter("prediction = label").count()).isGreaterThan(450);
    assertThat(cluster.executors()).hasSize(2);
  }

  /** Kills of {@link #killsAtRandomStepsChangeNothing}; more with -Dsmartbert.kills=N. */
  private static final int KILLS = Integer.getInteger("smartbert.kills", 4);

  @Test
  void killsAtRandomStepsChangeNothing() throws Exception {
    for (int seed = 1; seed <= KILLS; seed++) {
      Random random = new Random(seed);
      int step = 20 * (1 + random.nextInt(6));
      String checkpoint = String.format("%d-01-%09d", random.nextInt(3) == 0 ? 2 : 1, step / 2);
      String name = "killed-" + seed;
      CompletableFuture<Void> killing =
          CompletableFuture.runAsync(
              () -> {
                awaitCheckpoint(name, checkpoint);
                List<ProcessHandle> executors = cluster.executors();
                ProcessHandle executor = executors.get(random.nextInt(executors.size()));
                // A cluster manager sends SIGTERM first.
                boolean terminated =
                    random.nextBoolean() ? executor.destroy() : executor.destroyForcibly();
                assertThat(terminated).isTrue();
              });
      TestSpark.Outcome outcome = train(name, "--workers=2");
      killing.get(1, TimeUnit.MINUTES);
      assertThat(outcome.code()).as("seed %d: %s", seed, outcome.err()).isZero();
      assertThat(outcome.err())
          .as("seed %d", seed)
          .containsAnyOf("An attempt failed", "An attempt was stopped")
          .contains("Resuming from checkpoint");
      assertSameModel(folder.resolve(name));
      awaitExecutors();
    }
    // Executors crash in their working directories.
    try (Stream<Path> files = Files.walk(folder.resolve("cluster"))) {
      assertThat(files.filter(f -> f.getFileName().toString().startsWith("hs_err"))).isEmpty();
    }
  }

  /** Until training has come so far, by the names of its checkpoints; three minutes at most. */
  private static void awaitCheckpoint(String name, String checkpoint) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (System.nanoTime() < end) {
      try (Stream<Path> paths =
          Files.find(folder, 3, (path, a) -> path.toString().contains(name))) {
        if (paths.anyMatch(
            path ->
                path.getParent().getFileName().toString().equals("checkpoints")
                    && path.getFileName().toString().compareTo(checkpoint) >= 0)) {
          return;
        }
      } catch (IOException | UncheckedIOException e) {
        // Checkpoints come and go while they are listed.
        Thread.onSpinWait();
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    throw new AssertionError(
        name + " did not reach checkpoint " + checkpoint + " in three minutes");
  }

  @Test
  void aHangingExecutorIsNoticedReplacedAndChangesNothing() throws Exception {
    CompletableFuture<Void> hanging =
        CompletableFuture.runAsync(
            () -> {
              awaitCheckpoint("hung", HALF_OF_STAGE_ONE);
              StandaloneCluster.suspend(cluster.executors().get(0));
            });
    TestSpark.Outcome outcome = train("hung", "--workers=2", "--peer-timeout=4");
    hanging.get(1, TimeUnit.MINUTES);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("has been silent for ").contains("Replaced executors");
    assertSameModel(folder.resolve("hung"));
  }

  @Test
  void withoutRetriesABrokenRunFailsAndTheSameCommandGoesOn() throws Exception {
    CompletableFuture<Void> killing =
        CompletableFuture.runAsync(
            () -> {
              awaitCheckpoint("resumed", HALF_OF_STAGE_ONE);
              assertThat(cluster.executors().get(0).destroyForcibly()).isTrue();
            });
    TestSpark.Outcome broken = train("resumed", "--workers=2", "--retries=0");
    killing.get(1, TimeUnit.MINUTES);
    assertThat(broken.code()).as(broken.err()).isEqualTo(1);
    assertThat(broken.err()).contains("The same command resumes from the last checkpoint.");
    assertThat(folder.resolve("resumed")).doesNotExist();
    awaitSlots();
    TestSpark.Outcome resumed = train("resumed", "--workers=2", "--retries=0");
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("Resuming from checkpoint");
    assertSameModel(folder.resolve("resumed"));
  }

  /**
   * A new command does not wait for the executor that the cluster starts in the killed one's place.
   */
  private static void awaitSlots() throws InterruptedException {
    SparkContext spark = cluster.spark().sparkContext();
    ResourceProfile profile = spark.resourceProfileManager().defaultResourceProfile();
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (spark.maxNumConcurrentTasks(profile) < 2 && System.nanoTime() < end) {
      Thread.sleep(100);
    }
    assertThat(spark.maxNumConcurrentTasks(profile)).isEqualTo(2);
  }

  @Test
  void moreWorkersThanSlotsAreRefusedAtOnce() {
    long started = System.nanoTime();
    TestSpark.Outcome outcome = train("many", "--workers=3");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("--workers is 3 and the cluster spark://")
        .contains("2 task slots;");
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started)).isLessThan(30);
    assertThat(folder.resolve("many")).doesNotExist();
  }

  private static TestSpark.Outcome train(String name, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--input=" + folder.resolve("input"),
                "--model=" + folder.resolve("backbone"),
                "--output=" + folder.resolve(name),
                "--learning-rate=2e-3",
                "--stage-one-epochs=4",
                "--soft-epochs=2",
                "--stage-two-epochs=3",
                "--batch-size=16",
                "--checkpoint-every=20",
                "--compare-every=10",
                "--floor=off",
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(Arrays.asList(options));
    return TestSpark.runOn(arguments.toArray(String[]::new));
  }

  private static void assertSameModel(Path model) throws IOException {
    assertThat(
            Files.mismatch(
                model.resolve("model.safetensors"), undisturbed.resolve("model.safetensors")))
        .as("first byte of %s that differs", model)
        .isEqualTo(-1);
  }

  /** What the test before did to an executor is over. */
  @BeforeEach
  void awaitExecutors() throws InterruptedException {
    for (int i = 0; i < 600 && !(registered() == 2 && cluster.executors().size() == 2); i++) {
      Thread.sleep(100);
    }
    assertThat(registered()).isEqualTo(2);
    assertThat(cluster.executors()).hasSize(2);
  }

  /** Executors that the driver has registered, itself included. */
  private static int registered() {
    return cluster.spark().sparkContext().statusTracker().getExecutorInfos().length - 1;
  }
}
