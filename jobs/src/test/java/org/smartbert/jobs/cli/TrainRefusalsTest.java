package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;

/** What the command train refuses before it trains, in one sentence. */
class TrainRefusalsTest extends TrainFixture {
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
  void aRunIdWithOtherSettingsIsRefusedWhereACheckpointStands() throws IOException {
    Path checkpoint =
        Files.createDirectories(
            folder.resolve("trained.unfinished-mine/checkpoints/1-01-000000010"));
    Files.writeString(
        checkpoint.resolve("checkpoint.json"),
        "{\"position\":{\"index\":{\"stage\":1,\"trial\":1,\"epoch\":1,\"step\":10},"
            + "\"batches\":10,\"best\":{\"value\":0,\"trial\":1,\"evaluationsSince\":0,"
            + "\"provisional\":false},\"minutes\":0,\"due\":false},"
            + "\"request\":\"another\",\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49"
            + "5991b7852b855\",\"seconds\":0,\"steps\":[],\"validations\":[]}");
    Files.createFile(checkpoint.resolve("state.safetensors"));
    TestSpark.Outcome outcome = train("--label-column=stars", "--run-id=mine");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("were made with other settings or input; repeat that command to resume it");
  }

  private void assertRefused(String sentence, String... options) {
    TestSpark.Outcome outcome = train(options);
    assertThat(outcome.err()).contains(sentence);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(folder.resolve("trained")).doesNotExist();
    assertThat(folder.resolve("tables")).doesNotExist();
  }
}
