package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.io.LearnedRows;
import org.smartbert.model.io.ModelDirectory;

/** The command train on real Spark: a barrier stage, a model directory, a metrics table. */
class TrainCommandTest extends TrainFixture {
  @Test
  void aModelIsWrittenWholeWithItsLabelsAndMetrics() {
    TestSpark.Outcome outcome = train("--label-column=stars");
    assertThat(outcome.err()).doesNotContain("smartbert:");
    assertThat(outcome.code()).isZero();
    ModelDirectory.Contents model = ModelDirectory.openModel(folder.resolve("trained"));
    // Whole numbers are ordered by value, not as text.
    assertThat(model.config().labels()).containsExactly("9", "10");
    assertThat(folder).isDirectoryNotContaining("glob:**unfinished*");
    assertThat(LearnedRows.of(folder.resolve("trained"))).isPresent();
    assertThat(folder.resolve("trained")).isDirectoryNotContaining("glob:**.crc");
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
}
