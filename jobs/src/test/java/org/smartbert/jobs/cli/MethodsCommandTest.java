package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.Method;
import org.smartbert.model.io.ModelDirectory;

/**
 * Each method through the commands: trained, scored without further flags, evaluated together with
 * others.
 */
class MethodsCommandTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  private static Path folder;

  private static Path backbone;
  private static Path input;

  @BeforeAll
  static void writeInput() {
    backbone = TinyModels.write(folder.resolve("backbone"), TinyModels.config(4, 16, 2), 3);
    input = folder.resolve("input");
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 400; id++) {
      boolean yes = id % 2 == 0;
      rows.add(RowFactory.create("w" + (yes ? 1 : 2) + " w" + (3 + id % 50), yes ? "good" : "bad"));
    }
    TestSpark.writeDelta(input.toString(), "text STRING, label STRING", rows);
  }

  @Test
  void eachIsTrainedScoredAndEvaluatedByTheSameCommands() {
    List<String> models = new ArrayList<>();
    for (Method method : List.of(Method.BERT, Method.DISTILBERT, Method.DEEBERT, Method.FASTBERT)) {
      Path start = method == Method.DISTILBERT ? folder.resolve("bert") : backbone;
      TestSpark.Outcome trained = train(start, method.id(), "--method=" + method.id());
      assertThat(trained.code()).as(trained.err()).isZero();
      assertThat(trained.out()).contains("Trained " + method.id() + " on");
      Path model = folder.resolve(method.id());
      assertThat(ModelDirectory.config(model).mechanism()).isEqualTo(method.mechanism());
      assertThat(ModelDirectory.config(model).layers())
          .isEqualTo(method == Method.DISTILBERT ? 2 : 4);
      models.add(model.toString());
      TestSpark.Outcome scored = score(model, method.id() + "-scored");
      assertThat(scored.code()).as(scored.err()).isZero();
    }
    TestSpark.Outcome evaluated =
        TestSpark.run(
            "evaluate",
            "--input=" + input,
            "--models=" + String.join(",", models),
            "--thresholds=0,0.3",
            "--timing-rows=0",
            "--tables-root=" + folder.resolve("tables"));
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    List<Row> rows =
        TestSpark.local()
            .sql(
                "SELECT method, policy, threshold, accuracy, cost FROM delta.`"
                    + folder.resolve("tables/evaluations")
                    + "` ORDER BY method, threshold")
            .collectAsList();
    // Methods without exits have one policy.
    assertThat(rows.stream().map(row -> row.getString(0) + " " + row.getString(1) + row.get(2)))
        .containsExactly(
            "bert none0.0",
            "deebert entropy0.0",
            "deebert entropy0.3",
            "distilbert none0.0",
            "fastbert normalised entropy0.0",
            "fastbert normalised entropy0.3");
    for (Row row : rows) {
      assertThat(row.getDouble(3)).as(row.toString()).isGreaterThan(0.9);
      if (!row.getString(1).equals("none") && row.getFloat(2) > 0) {
        assertSameAsScored(row.getString(0), row.getDouble(3), row.getDouble(4));
      }
    }
  }

  private void assertSameAsScored(String method, double accuracy, double cost) {
    Row scored =
        TestSpark.local()
            .sql(
                "SELECT count_if(prediction = label) / count(*), sum(flops) / sum(flops_full) FROM"
                    + " delta.`"
                    + folder.resolve(method + "-scored")
                    + "`")
            .first();
    assertThat(scored.getDouble(0)).isEqualTo(accuracy);
    assertThat(scored.getDouble(1)).isEqualTo(cost);
    assertThat(cost).isLessThan(1);
  }

  @Test
  void partsThatAMethodDoesNotHaveAreRefused() {
    assertRefused(
        "--gates, --exits and --contrast apply only to smartbert, and --method is bert",
        "--method=bert",
        "--gates=off");
    assertRefused("leave a plain BERT; use --method bert", "--gates=off", "--exits=off");
    assertRefused("--distil-temperature is 0.0 and must be above 0", "--distil-temperature=0");
    assertRefused(
        "expected one of [SMARTBERT, BERT, DISTILBERT, DEEBERT, FASTBERT]", "--method=roberta");
    assertRefused(
        "The model in "
            + backbone
            + " is a smartbert model; distilbert learns from one that train"
            + " --method bert wrote.",
        "--method=distilbert");
  }

  @Test
  void aTeacherOfAnotherTaskIsRefused() {
    Path teacher =
        TinyModels.write(
            folder.resolve("teacher"),
            TinyModels.config(4, 16, 3).withMechanism(Method.BERT.mechanism()),
            3);
    TestSpark.Outcome outcome = train(teacher, "refused", "--method=distilbert");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("The teacher knows the labels LABEL_0, LABEL_1, LABEL_2, and the rows hold bad,")
        .contains("good;");
  }

  private void assertRefused(String sentence, String... options) {
    TestSpark.Outcome outcome = train(backbone, "refused", options);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains(sentence);
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  private TestSpark.Outcome train(Path start, String name, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--input=" + input,
                "--model=" + start,
                "--output=" + folder.resolve(name),
                "--learning-rate=5e-3",
                "--stage-one-epochs=6",
                "--stage-two-epochs=6",
                "--floor=off",
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(Arrays.asList(options));
    return TestSpark.run(arguments.toArray(String[]::new));
  }

  private static TestSpark.Outcome score(Path model, String name) {
    return TestSpark.run(
        "score",
        "--incremental=off",
        "--input=" + input,
        "--model=" + model,
        "--output=" + folder.resolve(name),
        "--tables-root=" + folder.resolve("tables"));
  }
}
