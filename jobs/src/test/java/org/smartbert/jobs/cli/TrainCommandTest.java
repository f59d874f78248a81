package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;
import org.smartbert.model.io.ModelDirectory;

/** The command train on real Spark: a barrier stage, a model directory, a metrics table. */
class TrainCommandTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  /** Every test begins with a copy. */
  @TempDir(cleanup = CleanupMode.NEVER)
  private static Path table;

  private Path backbone;
  private Path input;

  @BeforeAll
  static void writeTable() {
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 400; id++) {
      boolean yes = id % 2 == 0;
      rows.add(RowFactory.create("w" + (yes ? 1 : 2) + " w" + id % 50 + " " + id, yes ? 10 : 9));
    }
    TestSpark.writeDelta(table.resolve("input").toString(), "text STRING, stars INT", rows);
  }

  @BeforeEach
  void writeInput() {
    backbone = TinyModels.write(folder.resolve("backbone"), TinyModels.config(2, 16, 2), 3);
    input = folder.resolve("input");
    TestSpark.copy(table.resolve("input"), input);
  }

  @Test
  void aModelIsWrittenWholeWithItsLabelsAndMetrics() {
    TestSpark.Outcome outcome = train("--label-column=stars");
    assertThat(outcome.err()).doesNotContain("smartbert:");
    assertThat(outcome.code()).isZero();
    ModelDirectory.Contents model = ModelDirectory.openModel(folder.resolve("trained"));
    // Whole numbers are ordered by value, not as text.
    assertThat(model.config().labels()).containsExactly("9", "10");
    assertThat(folder).isDirectoryNotContaining("glob:**unfinished*");
    Dataset<Row> metrics =
        TestSpark.local()
            .read()
            .format("delta")
            .load(folder.resolve("tables/training_metrics").toString());
    assertThat(metrics.filter("split = 'validation'").count()).isEqualTo(3);
    assertThat(metrics.filter("stage = 1 AND split = 'train' AND size(gate_means) = 2").count())
        .isPositive();
  }

  @Test
  void theTargetMustBeFree() {
    TestSpark.Outcome outcome =
        TestSpark.run(
            "train",
            "--input=" + input,
            "--label-column=stars",
            "--model=" + backbone,
            "--output=" + backbone,
            "--tables-root=" + folder.resolve("tables"));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("exists already and is not empty");
  }

  @Test
  void allMistakesOfTheSettingsAreToldAtOnce() {
    TestSpark.Outcome outcome =
        train("--label-column=stars", "--learning-rate=0", "--clip-norm=-1");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("--learning-rate is 0.0 and must be above 0")
        .contains("--clip-norm is -1.0 and must be above 0");
    assertThat(folder.resolve("trained")).doesNotExist();
  }

  @Test
  void aVocabularyLargerThanTheEmbeddingIsRefusedBeforeAnyTask() throws IOException {
    Path vocabulary = backbone.resolve("vocab.txt");
    Files.writeString(vocabulary, Files.readString(vocabulary) + "surplus\n");
    TestSpark.Outcome outcome = train("--label-column=stars");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("The token surplus of " + vocabulary + " has the id 65, and the model's");
    assertThat(folder.resolve("tables")).doesNotExist();
  }

  @Test
  void oneLabelIsNotEnough() {
    Path one = folder.resolve("one");
    TestSpark.writeDelta(
        one.toString(), "text STRING, label STRING", List.of(RowFactory.create("w1", "a")));
    TestSpark.Outcome outcome =
        TestSpark.run(
            "train",
            "--input=" + one,
            "--model=" + backbone,
            "--output=" + folder.resolve("trained"),
            "--tables-root=" + folder.resolve("tables"));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("The column label holds 1 distinct labels; a classifier needs 2 to 1000.");
    assertThat(folder.resolve("tables")).doesNotExist();
  }

  @Test
  void moreWorkersThanSlotsAreRefused() {
    assertRefused(
        "--workers is 5 and the cluster local[2] has 2 task slots; give it more executors or cores,"
            + " or train with fewer workers.",
        "--label-column=stars",
        "--workers=5");
  }

  @Test
  void moreWorkersThanRowsOfABatchAreRefused() {
    assertRefused(
        "--workers is 5 and must be between 1 and --batch-size, which is 4.",
        "--label-column=stars",
        "--workers=5",
        "--batch-size=4");
  }

  @Test
  void aGpuThatSparkDoesNotHaveIsNotReplacedByTheCpu() {
    assertRefused(
        "--device gpu needs GPUs that Spark assigns to its tasks, and"
            + " spark.executor.resource.gpu.amount is not set;",
        "--label-column=stars",
        "--device=gpu");
  }

  @Test
  void dynamicAllocationIsRefusedByItsName() {
    SparkConf conf = TestSpark.local().sparkContext().conf();
    conf.set("spark.dynamicAllocation.enabled", "true");
    try {
      assertRefused(
          "spark.dynamicAllocation.enabled is true, and training needs all its executors at once;",
          "--label-column=stars");
    } finally {
      conf.remove("spark.dynamicAllocation.enabled");
    }
  }

  @Test
  void aWeightForALabelThatDoesNotExistIsRefused() {
    assertRefused(
        "--class-weights holds 11=2.0; it takes LABEL=WEIGHT with one of the labels 9, 10",
        "--label-column=stars",
        "--class-weights=9=1,11=2");
  }

  @Test
  void moreFrozenLayersThanThereAreIsRefused() {
    assertRefused(
        "--freeze-layers is 3, and the model in", "--label-column=stars", "--freeze-layers=3");
  }

  @Test
  void aMetricThatDoesNotExistIsNamedBesideThoseThatDo() {
    assertRefused("Invalid value for option '--metric'", "--label-column=stars", "--metric=auc");
  }

  @Test
  void everyOptionOfTheTrainerIsTaken() {
    TestSpark.Outcome outcome =
        train(
            "--label-column=stars",
            "--workers=2",
            "--batch-size=16",
            "--learning-rate=1e-4,1e-3",
            "--schedule=cosine",
            "--accumulation=2",
            "--max-steps=20",
            "--evaluate-every=10",
            "--early-stopping=5",
            "--metric=mcc",
            "--freeze-layers=1",
            "--label-smoothing=0.1",
            "--class-weights=balanced",
            "--precision=bf16",
            "--wire=bfloat16",
            "--encrypt",
            "--max-minutes=5");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("learning rate 0.001").contains("Trained smartbert on");
    Dataset<Row> metrics =
        TestSpark.local()
            .read()
            .format("delta")
            .load(folder.resolve("tables/training_metrics").toString());
    assertThat(metrics.filter("split = 'validation' AND stage = 1 AND trial = 2").count())
        .isEqualTo(2);
    assertThat(
            metrics.filter("split = 'validation' AND mcc IS NOT NULL AND f1 IS NOT NULL").count())
        .isEqualTo(6);
  }

  @Test
  void aRunIdWithOtherSettingsIsRefusedWhereACheckpointStands() throws IOException {
    Path checkpoint =
        Files.createDirectories(
            folder.resolve("trained.unfinished-mine/checkpoints/1-01-000000010"));
    Files.writeString(
        checkpoint.resolve("checkpoint.json"),
        "{\"position\":{\"index\":{\"stage\":1,\"trial\":1,\"epoch\":1,\"step\":10},"
            + "\"batches\":10,\"best\":{\"value\":0,\"trial\":1,\"evaluationsSince\":0,"
            + "\"provisional\":false},"
            + "\"minutes\":0,\"due\":false},"
            + "\"request\":\"another\",\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49"
            + "5991b7852b855\",\"seconds\":0,\"steps\":[],\"validations\":[]}");
    Files.createFile(checkpoint.resolve("state.safetensors"));
    TestSpark.Outcome outcome = train("--label-column=stars", "--run-id=mine");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("were made with other settings or input; repeat that command to resume it");
  }

  @Test
  void aTaskThatFailsWithSparksOwnExceptionIsRecordedAsFailed() {
    // The second text breaks once the run is recorded, in the tasks that distribute the rows.
    String runs = folder.resolve("tables/runs").toString();
    UDF1<String, String> second =
        text -> {
          if (Files.exists(Path.of(runs))) {
            throw new IllegalStateException("broken row");
          }
          return text;
        };
    TestSpark.local().udf().register("second_text", second, DataTypes.StringType);
    TestSpark.local()
        .read()
        .format("delta")
        .load(input.toString())
        .selectExpr("text", "stars", "second_text(text) AS second")
        .createOrReplaceTempView("breaking");
    TestSpark.Outcome outcome =
        TestSpark.run(
            "train",
            "--input=breaking",
            "--pair-column=second",
            "--label-column=stars",
            "--model=" + backbone,
            "--output=" + folder.resolve("trained"),
            "--tables-root=" + folder.resolve("tables"));
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.err()).contains("smartbert: The training rows could not be read: ");
    assertThat(runs().select("status").first().getString(0)).isEqualTo("failed");
    assertThat(folder.resolve("trained")).doesNotExist();
  }

  @Test
  void aTrainingThatDivergesFailsOnceAndLeavesNoModel() {
    TestSpark.Outcome outcome =
        train("--label-column=stars", "--learning-rate=1e30", "--warmup-steps=1", "--workers=2");
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("smartbert: Training diverged at step ")
        .contains("lower --learning-rate")
        .doesNotContain("Retry");
    assertThat(runs().select("status").first().getString(0)).isEqualTo("failed");
    assertThat(folder.resolve("trained")).doesNotExist();
  }

  @Test
  void aRunThatWasCutOffGoesOnWithTheVersionThatItBeganWith() throws IOException {
    assertThat(train("--label-column=stars", "--run-id=whole").code()).isZero();
    Path whole = folder.resolve("trained");
    Path checkpoints = folder.resolve("trained.unfinished-mine/checkpoints");
    Files.move(whole, folder.resolve("whole"));
    cutOff("mine", checkpoints);
    // The table grows.
    TestSpark.local()
        .createDataFrame(
            List.of(RowFactory.create("w3 w4", 9)), StructType.fromDDL("text STRING, stars INT"))
        .write()
        .format("delta")
        .mode("append")
        .save(input.toString());
    TestSpark.Outcome resumed = train("--label-column=stars", "--run-id=mine");
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err())
        .contains("Run mine resumes with version 0")
        .contains("the latest is 1")
        .contains("Resuming from checkpoint");
    assertThat(
            Files.mismatch(
                whole.resolve("model.safetensors"), folder.resolve("whole/model.safetensors")))
        .isEqualTo(-1);
  }

  /** A run whose job is cancelled once there is a checkpoint. */
  private void cutOff(String runId, Path checkpoints) {
    CompletableFuture<Void> cancelling =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0;
                  i < 6000 && !Files.exists(checkpoints.resolve("1-01-000000005"));
                  i++) {
                pause();
              }
              TestSpark.local().sparkContext().cancelAllJobs();
            });
    TestSpark.Outcome broken =
        train("--label-column=stars", "--run-id=" + runId, "--checkpoint-every=1");
    cancelling.join();
    assertThat(broken.code()).as(broken.err()).isEqualTo(1);
    assertThat(broken.err())
        .contains("Training was stopped, because its Spark job was cancelled; the same command")
        .doesNotContain("Retry");
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Dataset<Row> runs() {
    return TestSpark.local().read().format("delta").load(folder.resolve("tables/runs").toString());
  }

  private void assertRefused(String sentence, String... options) {
    TestSpark.Outcome outcome = train(options);
    assertThat(outcome.err()).contains(sentence);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(folder.resolve("trained")).doesNotExist();
    assertThat(folder.resolve("tables")).doesNotExist();
  }

  private TestSpark.Outcome train(String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--input=" + input,
                "--model=" + backbone,
                "--output=" + folder.resolve("trained"),
                "--stage-one-epochs=2",
                "--soft-epochs=1",
                "--stage-two-epochs=1",
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(Arrays.asList(options));
    return TestSpark.run(arguments.toArray(String[]::new));
  }
}
