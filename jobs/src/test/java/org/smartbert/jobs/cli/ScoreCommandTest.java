package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.TextEncoder;

/** The command score: every row as the reference decides it, in the requested columns. */
class ScoreCommandTest extends ScoringFixture {
  /** Where the command ran without options, for the tests that leave its tables as they are. */
  private static Path scored;

  private void scoreWithoutOptions() {
    if (scored == null) {
      TestSpark.Outcome outcome = score();
      assertThat(outcome.code()).as(outcome.err()).isZero();
      scored = folder;
    }
    workIn(scored);
  }

  @Test
  void everyRowIsDecidedAsTheReferenceDecidesIt() {
    TestSpark.Outcome outcome = score("--entropy-threshold=0.6", "--logits", "--slices=3");
    assertThat(outcome.err()).doesNotContain("smartbert:");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("Scored 303 rows")
        .contains("of 303 in total, 1 could not be scored");
    List<Row> rows = read().orderBy("id").collectAsList();
    assertThat(rows).hasSize(303);
    ModelDirectory.Contents contents = ModelDirectory.openModel(model);
    try (ReferenceClassifier reference =
            new ReferenceClassifier(contents.config(), contents.weights());
        TextEncoder encoder = TextEncoder.open(model, CONFIG, 48)) {
      for (Row row : rows.subList(0, 300)) {
        Decision expected =
            reference.classify(
                encoder.encode(row.getString(1)), new ExitPolicy.Entropy(0.6f), Gates.ON);
        assertThat(row.<String>getAs("prediction")).isEqualTo("LABEL_" + expected.label());
        assertThat(row.<Integer>getAs("exit_layer")).isEqualTo(expected.exitLayer());
        assertThat(row.<Boolean>getList(row.fieldIndex("skip_mask"))).hasSize(expected.exitLayer());
        assertThat(row.<Integer>getAs("layers_executed")).isEqualTo(expected.layersExecuted());
        assertThat(row.<Long>getAs("flops")).isEqualTo(expected.flops());
        assertThat(row.<Long>getAs("flops_full")).isEqualTo(expected.flopsFull());
        assertThat(row.<Float>getList(row.fieldIndex("logits"))).hasSize(3);
        assertThat(row.<Integer>getAs("stars")).isEqualTo((int) (row.getLong(0) % 3));
      }
    }
  }

  @Test
  void nullEmptyAndLongTextsKeepTheirPlace() {
    scoreWithoutOptions();
    List<Row> rows = read().filter("id >= 300").orderBy("id").collectAsList();
    assertThat(rows.get(0).<String>getAs("prediction")).isNull();
    assertThat(rows.get(0).<String>getAs("error")).isEqualTo("The column text is null.");
    assertThat(rows.get(1).<String>getAs("prediction")).startsWith("LABEL_");
    assertThat(rows.get(1).<Integer>getAs("tokens")).isEqualTo(2);
    assertThat(rows.get(2).<Boolean>getAs("truncated")).isTrue();
    assertThat(rows.get(2).<Integer>getAs("tokens")).isEqualTo(48);
  }

  @Test
  void theSameCommandTwiceScoresOnce() {
    scoreWithoutOptions();
    TestSpark.Outcome again = score();
    assertThat(again.code()).isZero();
    assertThat(again.out()).contains("Nothing new: all rows of " + input);
    assertThat(read().count()).isEqualTo(303);
  }

  @Test
  void anotherPrecisionIsAnotherRun() {
    assertThat(score("--incremental=off").code()).isZero();
    TestSpark.Outcome outcome = score("--incremental=off", "--precision=bf16");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("Scored 303 rows");
    assertThat(read().count()).isEqualTo(606);
    long alike =
        read()
            .filter("prediction IS NOT NULL")
            .groupBy("id", "prediction")
            .count()
            .filter("count = 2")
            .count();
    assertThat(alike).isGreaterThan(240);
  }

  @Test
  void keepAndPrefixChooseTheColumns() {
    assertThat(score("--keep=id,stars", "--prefix=p.q_").code()).isZero();
    assertThat(read().columns()).startsWith("id", "stars", "p.q_prediction").doesNotContain("text");
    // The run has its prefix recorded.
    TestSpark.Outcome shown = TestSpark.run("show", "--tables-root=" + folder.resolve("tables"));
    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("exit layer");
  }

  @Test
  void columnsThatAreKeptKeepTheirValues() {
    Dataset<Row> old =
        TestSpark.local()
            .sql(
                "SELECT 'w1' AS text, d, CAST(d AS TIMESTAMP) AS t, CAST(d AS TIMESTAMP_NTZ) AS n,"
                    + " array(struct(d, 1.10BD AS amount)) AS a FROM VALUES (DATE'0001-01-01'),"
                    + " (DATE'1000-02-28'), (DATE'1582-10-10'), (DATE'9999-12-31') AS v(d)");
    Path dates = folder.resolve("dates");
    old.write().format("delta").save(dates.toString());
    assertThat(scoreFrom(dates.toString()).code()).isZero();
    assertThat(read().select("text", "d", "t", "n", "a").exceptAll(old).count()).isZero();
    assertThat(read().count()).isEqualTo(4);
  }

  @Test
  void showTellsOfTheLastRun() {
    scoreWithoutOptions();
    TestSpark.Outcome shown = TestSpark.run("show", "--tables-root=" + folder.resolve("tables"));
    assertThat(shown.code()).isZero();
    assertThat(shown.out()).contains("finished").contains("exit layer").contains("skipped");
  }

  @Test
  void showWithoutARunSaysSo() {
    TestSpark.Outcome shown = TestSpark.run("show", "--tables-root=" + folder.resolve("none"));
    assertThat(shown.code()).isEqualTo(2);
    assertThat(shown.err())
        .contains("has no finished scoring run; run score first, or give --tables-root.");
  }

  @Test
  void theOutputRefusesRowsThatContradictThemselves() {
    scoreWithoutOptions();
    assertThatThrownBy(
            () ->
                TestSpark.local()
                    .sql("UPDATE delta.`" + output + "` SET layers_executed = exit_layer + 1"))
        .hasStackTraceContaining("layers_fit");
  }
}
