package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.evaluation.Scores;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.training.Metric;

/** The command evaluate: its numbers are those of score, and bad input gets one sentence. */
class EvaluateCommandTest {
  private static final BertConfig CONFIG = TinyModels.config(4, 32, 3);

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private Path model;
  private Path input;

  @BeforeEach
  void writeInput() {
    model = TinyModels.write(folder.resolve("model"), CONFIG, 4);
    input = write("input", "LABEL_0", "LABEL_1", "LABEL_2");
  }

  @Test
  void itsNumbersAreThoseThatSqlFindsInWhatScoreWrote() {
    TestSpark.Outcome outcome = evaluate(input, "--thresholds=0,0.7,0.95", "--timing-rows=40");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("| model | S | accuracy (95 %) |")
        .contains("| model | 0.7 |");
    List<Row> evaluated = evaluations();
    assertThat(evaluated).hasSize(3);
    double cheapest = 1;
    for (Row row : evaluated) {
      float threshold = row.<Float>getAs("threshold");
      Path scored = folder.resolve("scored" + threshold);
      TestSpark.Outcome score =
          TestSpark.run(
              "score",
              "--incremental=off",
              "--input=" + input,
              "--model=" + model,
              "--output=" + scored,
              "--entropy-threshold=" + threshold,
              "--tables-root=" + folder.resolve("tables"));
      assertThat(score.code()).as(score.err()).isZero();
      Row sql =
          TestSpark.local()
              .sql(
                  "SELECT count(*), avg(CASE WHEN prediction = label THEN 1.0 ELSE 0.0 END),"
                      + " avg(layers_executed), avg(flops), sum(flops) / sum(flops_full) FROM"
                      + " delta.`"
                      + scored
                      + "`")
              .first();
      assertThat(row.<Long>getAs("rows")).isEqualTo(sql.getLong(0));
      // SQL's average of decimals has six places.
      assertThat(row.<Double>getAs("accuracy"))
          .isCloseTo(sql.getDecimal(1).doubleValue(), within(1e-5));
      assertThat(row.<Double>getAs("mean_layers")).isCloseTo(sql.getDouble(2), within(1e-9));
      assertThat(row.<Double>getAs("mean_flops")).isCloseTo(sql.getDouble(3), within(1e-3));
      assertThat(row.<Double>getAs("cost")).isCloseTo(sql.getDouble(4), within(1e-12));
      assertThat(row.<Double>getAs("realised_speedup")).isPositive();
      assertThat(row.<Double>getAs("accuracy_low")).isLessThanOrEqualTo(row.getAs("accuracy"));
      assertThat(row.<Double>getAs("accuracy_high")).isGreaterThanOrEqualTo(row.getAs("accuracy"));
      cheapest = Math.min(cheapest, row.<Double>getAs("cost"));
    }
    // Thresholds that change nothing would make equal numbers easy.
    assertThat(cheapest).isLessThan(evaluated.get(0).<Double>getAs("cost"));
  }

  @Test
  void theBootstrapsIntervalIsTheBinomials() {
    double[][] counts = {{400, 100}, {100, 400}};
    Scores scores = Scores.of(Metric.ACCURACY, counts, 7);
    double error = 1.96 * Math.sqrt(0.8 * 0.2 / 1000);
    assertThat(scores.value()).isEqualTo(0.8);
    assertThat(scores.low()).isCloseTo(0.8 - error, within(0.004));
    assertThat(scores.high()).isCloseTo(0.8 + error, within(0.004));
  }

  @Test
  void labelsThatTheModelDoesNotKnowAreRefused() {
    TestSpark.Outcome outcome = evaluate(write("unknown", "LABEL_0", "LABEL_1", "seven"));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("holds labels that the model " + model + " does not know (\"seven\")")
        .contains("it knows: LABEL_0, LABEL_1, LABEL_2");
  }

  @Test
  void noRowsUnknownMetricsAndNegativeThresholdsAreRefused() {
    TestSpark.Outcome none = evaluate(write("none"));
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("holds no row with a text and a label");
    TestSpark.Outcome metric = evaluate(input, "--metric=bleu");
    assertThat(metric.code()).isEqualTo(2);
    assertThat(metric.err()).contains("--metric").contains("bleu");
    assertThat(evaluate(input, "--thresholds=0.1,-1").err())
        .contains("--thresholds has -1.0; they must be 0 or more");
    assertThat(folder.resolve("tables/evaluations")).doesNotExist();
  }

  private TestSpark.Outcome evaluate(Path rows, String... more) {
    return TestSpark.run(
        Stream.concat(
                Stream.of(
                    "evaluate",
                    "--input=" + rows,
                    "--models=" + model,
                    "--tables-root=" + folder.resolve("tables")),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private List<Row> evaluations() {
    return TestSpark.local()
        .read()
        .format("delta")
        .load(folder.resolve("tables/evaluations").toString())
        .orderBy("threshold")
        .collectAsList();
  }

  private Path write(String name, String... labels) {
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 240 && labels.length > 0; id++) {
      String text = "w" + id % 60 + " w" + id % 11 + " w3".repeat(id % 9);
      rows.add(RowFactory.create(text, labels[id % labels.length]));
    }
    Path path = folder.resolve(name);
    TestSpark.writeDelta(path.toString(), "text STRING, label STRING", rows);
    return path;
  }
}
