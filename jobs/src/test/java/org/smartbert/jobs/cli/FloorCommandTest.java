package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;

/** Train and evaluate tell what a word count reaches on the user's rows. */
class FloorCommandTest extends TrainFixture {
  private static final String DOES_AS_WELL = "A word count does as well (";
  private static final AtomicBoolean CANCELLED = new AtomicBoolean();

  /** Tasks of local mode are in the driver's process. */
  private static volatile SparkContext driver;

  @Test
  void trainPrintsAndRecordsIt() {
    TestSpark.Outcome outcome = train("--label-column=stars", "--floor=on");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    // In the fixture one word tells the label.
    assertThat(outcome.out())
        .containsPattern(
            "Word count \\(TF-IDF and logistic regression on \\d+ training rows\\): validation"
                + " accuracy 1\\.0000 \\(1\\.0000 to 1\\.0000\\); the model's is \\d\\.\\d{4}"
                + " \\(\\d\\.\\d{4} to \\d\\.\\d{4}\\) \\(95 % intervals\\)\\.")
        .contains(DOES_AS_WELL + "1.0000, and the model's interval is ")
        .contains("): consider it instead.")
        .containsSubsequence("Validation accuracy", "Word count", "Model: ");
    List<Row> recorded =
        TestSpark.local()
            .read()
            .format("delta")
            .load(folder.resolve("tables/training_metrics").toString())
            .filter("split = 'floor'")
            .select("accuracy", "f1", "mcc", "stage", "run_id")
            .collectAsList();
    assertThat(recorded).hasSize(1);
    assertThat(recorded.get(0).getDouble(0)).isEqualTo(1);
    assertThat(recorded.get(0).getDouble(2)).isEqualTo(1);
    assertThat(recorded.get(0).isNullAt(3)).isTrue();
    assertThat(recorded.get(0).getString(4)).startsWith("train-");
  }

  @Test
  void offIsOff() {
    TestSpark.Outcome outcome = train("--label-column=stars", "--floor=off");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("Validation accuracy").doesNotContain("ord count");
  }

  @Test
  void aFailureIsAWarningOfARunThatIsComplete() {
    Path model = folder.resolve("trained");
    String path = model.toString();
    UDF1<String, String> breaking =
        text -> {
          if (Files.exists(Path.of(path))) {
            throw new IllegalStateException("broken row");
          }
          return text;
        };
    TestSpark.Outcome outcome = trainOn(throughView("breaking_floor", breaking));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err())
        .contains("Warning: the word count (--floor) could not be fitted: ")
        .contains("The model " + model + " is complete");
    assertThat(outcome.out()).doesNotContain("ord count").contains("Model: " + model);
    assertThat(model.resolve("model.safetensors")).exists();
  }

  @Test
  void aCancellationEndsTheCommandAndLeavesTheModel() {
    Path model = folder.resolve("trained");
    driver = TestSpark.local().sparkContext();
    CANCELLED.set(false);
    String path = model.toString();
    UDF1<String, String> cancelling =
        text -> {
          if (Files.exists(Path.of(path)) && CANCELLED.compareAndSet(false, true)) {
            driver.cancelAllJobs();
            // The job must not end before.
            TimeUnit.SECONDS.sleep(5);
          }
          return text;
        };
    TestSpark.Outcome outcome = trainOn(throughView("cancelling_floor", cancelling));
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("smartbert: The model " + model + " is complete, and the command was stopped");
    assertThat(model.resolve("model.safetensors")).exists();
  }

  private TestSpark.Outcome trainOn(String view) {
    return TestSpark.run(
        "train",
        "--input=" + view,
        "--label-column=stars",
        "--model=" + backbone,
        "--output=" + folder.resolve("trained"),
        "--stage-one-epochs=1",
        "--soft-epochs=0",
        "--stage-two-epochs=1",
        "--tables-root=" + folder.resolve("tables"));
  }

  /** The fixture's rows with their texts through a function. */
  private String throughView(String name, UDF1<String, String> text) {
    TestSpark.local().udf().register(name, text, DataTypes.StringType);
    TestSpark.local()
        .read()
        .format("delta")
        .load(input.toString())
        .selectExpr(name + "(text) AS text", "stars")
        .createOrReplaceTempView(name + "_rows");
    return name + "_rows";
  }

  @Test
  void evaluateCrossFitsTheEvaluatedRows() {
    Path rows = labelled("enough", 600, 3);
    TestSpark.Outcome outcome = evaluate(rows, "--metric=mcc");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains(
            "Word count (TF-IDF and logistic regression, cross-fitted on 600 of these rows in 5"
                + " folds, each answered by a fit on the others): mcc 100.00 (100.00 to 100.00),"
                + " 95 % interval.")
        .containsPattern(
            "A word count does as well \\(100\\.00, and the interval of model at S = [0-9.]+ is"
                + " -?[0-9.]+ to -?[0-9.]+\\): consider it instead\\.");
    assertThat(
            TestSpark.local()
                .read()
                .format("delta")
                .load(folder.resolve("tables/evaluations").toString())
                .count())
        .isEqualTo(2);
    assertThat(evaluate(rows, "--floor=off").out()).doesNotContain("ord count");
  }

  @Test
  void evaluateSaysWhyThereIsNone() {
    assertThat(evaluate(labelled("few", 499, 3)).out())
        .contains(
            "No word count was fitted to compare with: that needs 500 rows, and there are 499.");
    TestSpark.Outcome one = evaluate(labelled("one", 500, 1));
    assertThat(one.code()).as(one.err()).isZero();
    assertThat(one.out())
        .contains("No word count was fitted to compare with: all rows have the same label.")
        .doesNotContain(DOES_AS_WELL);
  }

  private Path labelled(String name, int count, int labels) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(RowFactory.create("w" + i % labels + " w" + (10 + i % 50), "LABEL_" + i % labels));
    }
    Path path = folder.resolve(name);
    TestSpark.writeDelta(path.toString(), "text STRING, label STRING", rows);
    return path;
  }

  private TestSpark.Outcome evaluate(Path rows, String... more) {
    Path model = folder.resolve("model");
    if (!Files.exists(model)) {
      TinyModels.write(model, TinyModels.config(2, 16, 3), 4);
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "evaluate",
                "--input=" + rows,
                "--models=" + model,
                "--thresholds=0,0.9",
                "--timing-rows=0",
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(List.of(more));
    return TestSpark.run(arguments.toArray(String[]::new));
  }
}
