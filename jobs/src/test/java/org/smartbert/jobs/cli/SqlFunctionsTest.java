package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.smartbert.udfs.SmartBertClassifier;

/**
 * smartbert and smartbert_score in SQL, and the ML Transformer give the answers of the command
 * score.
 */
class SqlFunctionsTest extends SqlFunctionFixture {
  @Test
  void theScalarFunctionEqualsScoreAndEvaluatesEachRowOnce() {
    assertCounted(
        "SELECT id, answer.* FROM (SELECT id, smartbert(text) AS answer FROM texts)", ROWS);
    List<Row> rows =
        spark
            .sql("SELECT id, answer.* FROM (SELECT id, smartbert(text) AS answer FROM texts)")
            .orderBy("id")
            .collectAsList();
    // A call names no column.
    assertThat(rows)
        .extracting(Row::toString)
        .isEqualTo(
            expected.stream()
                .map(row -> row.toString().replace("The column text is null.", "The text is null."))
                .toList());
  }

  /** Spark would evaluate a selection over VALUES on the driver, each row alone. */
  @Test
  void rowsThatAreWrittenInTheQueryAreScoredInBatches() {
    String values =
        "(SELECT * FROM VALUES "
            + IntStream.range(0, 40)
                .mapToObj(id -> "(" + id + ", 'w" + id % 7 + " w3')")
                .collect(Collectors.joining(", "))
            + " AS t(id, text))";
    String answers = "SELECT id, smartbert(text).prediction AS p FROM " + values;
    assertCounted(answers, 40);
    assertCounted("SELECT id FROM " + values + " WHERE smartbert(text).tokens > 3 AND id < 9", 9);
    assertCounted("SELECT p, count(*) FROM (" + answers + ") GROUP BY p", 40);
    assertCounted(answers + " ORDER BY p, id LIMIT 3", 40);
    // A partition's rows are batched together.
    assertThat(spark.sql(answers).queryExecution().toRdd().getNumPartitions()).isLessThan(3);
    assertThat(spark.sql(answers + " ORDER BY id").collectAsList())
        .extracting(Row::toString)
        .isEqualTo(
            spark
                .createDataset(
                    IntStream.range(0, 40).mapToObj(id -> id + ",w" + id % 7 + " w3").toList(),
                    Encoders.STRING())
                .selectExpr("CAST(split(value, ',')[0] AS INT) AS id", "split(value, ',')[1] AS t")
                .repartition(1)
                .selectExpr("id", "smartbert(t).prediction")
                .orderBy("id")
                .collectAsList()
                .stream()
                .map(Row::toString)
                .toList());
  }

  @Test
  void textsThatAreNotUtf8HaveAnErrorAndNoPrediction() {
    String invalid = "CAST(X'77312061ff' AS STRING)";
    String batched =
        "SELECT smartbert(t).error, smartbert(t).prediction FROM (SELECT IF(id = 3, "
            + invalid
            + ", text) AS t FROM texts WHERE id IN (3, 4)) ORDER BY 1 NULLS FIRST";
    for (String query :
        List.of(
            batched,
            "SELECT a.error, a.prediction FROM (SELECT smartbert(" + invalid + ") AS a)",
            "SELECT a.error, a.prediction FROM (SELECT smartbert('w1', " + invalid + ") AS a)")) {
      List<Row> rows = spark.sql(query).collectAsList();
      Row last = rows.get(rows.size() - 1);
      assertThat(last.getString(0)).isEqualTo("The text holds bytes that are not valid UTF-8.");
      assertThat(last.isNullAt(1)).isTrue();
    }
    Row valid = spark.sql(batched).first();
    assertThat(valid.isNullAt(0)).isTrue();
    assertThat(valid.getString(1)).isNotNull();
  }

  @Test
  void columnsOfTheSameNameAndOtherNodesKeepTheirMeaning() {
    List<Row> rows =
        spark
            .sql(
                "SELECT a.id, b.id, smartbert(a.text).prediction FROM texts a JOIN texts b ON a.id"
                    + " = b.id + 1 WHERE smartbert(b.text).tokens > 2 ORDER BY 1")
            .collectAsList();
    List<Row> windows =
        spark
            .sql(
                "SELECT id, row_number() OVER (PARTITION BY smartbert(text).prediction ORDER BY id)"
                    + " AS n, smartbert(text).prediction AS p FROM texts ORDER BY id")
            .collectAsList();
    assertThat(rows).hasSizeGreaterThan(200);
    for (Row row : rows) {
      int id = (int) row.getLong(0);
      assertThat(row.getLong(1)).isEqualTo(id - 1);
      assertThat(row.getString(2)).isEqualTo(expected.get(id).getString(1));
    }
    for (int id = 0; id < ROWS; id++) {
      assertThat(windows.get(id).getString(2)).isEqualTo(expected.get(id).getString(1));
    }
  }

  @Test
  void aTextOfBothSidesOfAJoinIsAnsweredRowByRow() {
    List<Row> rows =
        spark
            .sql(
                "SELECT a.id FROM (SELECT * FROM texts WHERE id < 5) a JOIN (SELECT * FROM texts"
                    + " WHERE id < 5) b ON a.id = b.id AND smartbert(concat(a.text, substr(b.text,"
                    + " 1, 0))).prediction = 'LABEL_0'")
            .collectAsList();
    assertThat(rows.stream().map(row -> row.getLong(0)).sorted().toList())
        .isEqualTo(
            expected.subList(0, 5).stream()
                .filter(row -> row.getString(1).equals("LABEL_0"))
                .map(row -> row.getLong(0))
                .toList());
  }

  @Test
  void viewsAndNewTablesTakeTheFunction() {
    String target = folder.resolve("made").toString();
    spark.sql(
        "CREATE OR REPLACE TEMPORARY VIEW answers AS SELECT id, smartbert(text) AS a FROM texts");
    spark.sql(
        "CREATE TABLE delta.`" + target + "` USING delta AS SELECT id, a.prediction FROM answers");
    List<Row> rows = spark.sql("SELECT * FROM delta.`" + target + "` ORDER BY id").collectAsList();
    for (int id = 0; id < ROWS; id++) {
      assertThat(rows.get(id).getString(1)).isEqualTo(expected.get(id).getString(1));
    }
  }

  @Test
  void theTableFunctionScoresATable() {
    List<Row> rows =
        spark
            .sql("SELECT id, " + ANSWER + " FROM smartbert_score('texts', 'text') ORDER BY id")
            .collectAsList();
    assertThat(rows)
        .extracting(Row::toString)
        .isEqualTo(expected.stream().map(Row::toString).toList());
  }

  @Test
  void theTransformerGivesTheSameInAPipelineThatWasSavedAndLoaded() throws Exception {
    SmartBertClassifier classifier =
        new SmartBertClassifier()
            .setInputCol("text")
            .setModelPath(model)
            .setEntropyThreshold(0.95f)
            .setPrefix("sb_");
    Dataset<Row> texts = spark.table("texts");
    PipelineModel fitted = new Pipeline().setStages(new PipelineStage[] {classifier}).fit(texts);
    String place = folder.resolve("pipeline").toString();
    fitted.write().save(place);
    Dataset<Row> scored = PipelineModel.load(place).transform(texts);
    assertThat(scored.schema())
        .as("what transformSchema promises")
        .isEqualTo(classifier.transformSchema(texts.schema()));
    List<Row> rows =
        scored.select("id", "sb_prediction", "sb_exit_layer").orderBy("id").collectAsList();
    for (int id = 0; id < ROWS; id++) {
      assertThat(rows.get(id).getString(1)).isEqualTo(expected.get(id).getString(1));
      assertThat(rows.get(id).<Integer>getAs("sb_exit_layer"))
          .isEqualTo(expected.get(id).getAs("exit_layer"));
    }
    assertThatThrownBy(() -> new SmartBertClassifier().transform(texts))
        .hasMessageContaining("modelPath")
        .hasMessageContaining("setModelPath");
    assertThatThrownBy(
            () ->
                classifier
                    .copy(new org.apache.spark.ml.param.ParamMap())
                    .setInputCol("words")
                    .transform(texts))
        .hasMessageContaining("no column words");
  }
}
