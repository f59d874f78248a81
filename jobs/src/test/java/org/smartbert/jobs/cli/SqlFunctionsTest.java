package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;
import org.smartbert.udfs.SmartBertClassifier;
import org.smartbert.udfs.SqlFunctionCounts;

/**
 * smartbert and smartbert_score in SQL, and the ML Transformer: the answers of the command score,
 * and the network evaluated once a row.
 */
class SqlFunctionsTest {
  private static final int ROWS = 300;
  private static final String ANSWER =
      "prediction, confidence, probabilities, entropy, exit_layer, skip_mask, layers_executed,"
          + " tokens, truncated, flops, flops_full, error";

  @TempDir(cleanup = CleanupMode.NEVER)
  private static Path folder;

  private static final SparkSession spark = TestSpark.local();
  private static String model;
  private static List<Row> expected;

  @BeforeAll
  static void scoreByTheCommand() {
    model = TinyModels.write(folder.resolve("model"), TinyModels.config(4, 32, 3), 4).toString();
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      StringBuilder text = new StringBuilder();
      for (int word = random.nextInt(12); word >= 0; word--) {
        text.append('w').append(random.nextInt(60)).append(' ');
      }
      rows.add(RowFactory.create((long) i, i % 50 == 7 ? null : text.toString(), i % 3));
    }
    Dataset<Row> texts =
        spark.createDataFrame(rows, StructType.fromDDL("id BIGINT, text STRING, part INT"));
    String input = folder.resolve("input").toString();
    texts.write().format("delta").save(input);
    spark.read().format("delta").load(input).createOrReplaceTempView("texts");
    TestSpark.Outcome score =
        TestSpark.run(
            "score",
            "--input=" + input,
            "--model=" + model,
            "--output=" + folder.resolve("scored"),
            "--entropy-threshold=0.95",
            "--tables-root=" + folder.resolve("tables"));
    assertThat(score.code()).as(score.err()).isZero();
    expected =
        spark
            .sql(
                "SELECT id, "
                    + ANSWER
                    + " FROM delta.`"
                    + folder.resolve("scored")
                    + "` ORDER BY 1")
            .collectAsList();
    // Rows that left nowhere, early and late.
    assertThat(expected.stream().map(row -> row.getAs("exit_layer")).distinct())
        .hasSizeGreaterThan(2);
  }

  @BeforeEach
  void setTheModel() {
    spark.conf().set("spark.smartbert.sql.model", model);
    spark.conf().set("spark.smartbert.sql.entropy_threshold", "0.95");
  }

  @AfterEach
  void forgetTheModel() {
    for (String name : List.of("model", "entropy_threshold", "gates", "precision", "max_tokens")) {
      spark.conf().unset("spark.smartbert.sql." + name);
    }
  }

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

  /** Whatever Spark wraps the failure of a task in, its own sentence is what is told. */
  @Test
  void aScorerThatFailsIsToldInItsOwnSentence() {
    Path broken = folder.resolve("broken");
    // Each weight is a number, and what is computed from them is none.
    TinyModels.fill(TinyModels.write(broken, TinyModels.config(4, 32, 3), 4), 1e30f);
    spark.conf().set("spark.smartbert.sql.model", broken.toString());
    spark.sql(
        "CREATE OR REPLACE TEMPORARY VIEW failing AS SELECT id, part, smartbert(text) AS s FROM"
            + " texts WHERE text IS NOT NULL");
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW above AS SELECT id, s.prediction FROM failing");
    String target = folder.resolve("never").toString();
    for (String query :
        List.of(
            "SELECT * FROM failing",
            "SELECT count(*) FROM above WHERE prediction = 'LABEL_0'",
            "SELECT prediction, count(*) FROM above GROUP BY prediction ORDER BY 2",
            "SELECT a.id FROM above a JOIN above b ON a.prediction = b.prediction",
            "SELECT /*+ BROADCAST(a) */ t.id FROM texts t JOIN above a ON a.id = t.id AND"
                + " a.prediction < 'M'",
            "SELECT (SELECT max(prediction) FROM above)",
            "SELECT id FROM texts WHERE text IN (SELECT prediction FROM above)",
            "SELECT row_number() OVER (PARTITION BY prediction ORDER BY id) FROM above",
            "CREATE TABLE delta.`" + target + "` USING delta AS SELECT * FROM above",
            "INSERT OVERWRITE DIRECTORY '" + target + "' USING parquet SELECT * FROM above",
            "CACHE TABLE kept AS SELECT * FROM above",
            "SELECT smartbert(t).prediction FROM VALUES ('w1 w2'), ('w3') AS v(t)",
            "SELECT smartbert('w1').prediction",
            // Both sides: evaluated by row.
            "SELECT a.id FROM texts a JOIN texts b ON a.id = b.id AND smartbert(concat(a.text,"
                + " b.text)).prediction = 'LABEL_0'",
            "SELECT prediction FROM smartbert_score('texts', 'text')")) {
      Throwable failure = catchThrowable(() -> spark.sql(query).collectAsList());
      UserMessage message = UserMessage.of(failure);
      assertThat(message.sentence())
          .as(query)
          .startsWith("The model file:" + broken)
          .endsWith("train it again, or give another --precision.");
      assertThat(message.exitCode()).as(query).isEqualTo(UserErrors.WRONG_INPUT);
    }
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
  void equalCallsOfAQueryShareOneAnswer() {
    assertCounted(
        "SELECT smartbert(text).prediction, smartbert(text).confidence, smartbert(text).error"
            + " FROM texts WHERE smartbert(text).confidence > 0.4",
        ROWS);
    assertCounted(
        "SELECT smartbert(text).prediction AS p, count(*), avg(smartbert(text).confidence)"
            + " FROM texts GROUP BY smartbert(text).prediction HAVING count(*) > 1",
        ROWS);
    // A sorting looks at its rows beforehand to find its ranges.
    assertCounted(
        "SELECT id, smartbert(text).confidence AS c FROM texts ORDER BY c DESC, id LIMIT 20", ROWS);
    assertCounted(
        "SELECT id, smartbert(text).confidence AS c FROM texts ORDER BY c DESC, id", ROWS);
    assertCounted("SELECT id FROM texts ORDER BY smartbert(text).confidence, id", ROWS);
  }

  @Test
  void otherTextsOfAQueryAreOtherCalls() {
    assertCounted(
        "SELECT smartbert(text).confidence - smartbert(upper(text)).confidence FROM texts",
        2 * ROWS);
    assertCounted(
        "SELECT smartbert(text, 'w3').confidence - smartbert(text).confidence FROM texts",
        2 * ROWS);
  }

  @Test
  void whereOnlyItsRowsAreWantedOnlyTheseAreAsked() {
    assertCounted("SELECT smartbert(text).prediction FROM texts WHERE part = 1", ROWS / 3);
  }

  /** What a query does not need scored is not: conditions on other columns come first. */
  @Test
  void cheapConditionsComeFirst() {
    String label = "smartbert(text).prediction = 'LABEL_0'";
    assertCounted("SELECT id FROM texts WHERE id < 3 AND " + label, 3);
    assertCounted("SELECT id FROM texts WHERE " + label + " AND id < 3", 3);
    assertCounted("SELECT id FROM texts WHERE " + label + " AND part = 1 AND id < 30", 10);
    assertCounted(
        "SELECT id FROM (SELECT id, smartbert(text) AS s FROM texts) WHERE id < 3 AND s.tokens > 0",
        3);
    assertCounted(
        "WITH scored AS (SELECT *, smartbert(text).prediction AS p FROM texts) SELECT p, count(*)"
            + " FROM scored WHERE part = 2 GROUP BY p",
        ROWS / 3);
    assertCounted(
        "SELECT a.id, smartbert(a.text).prediction FROM texts a JOIN texts b ON a.id = b.id AND"
            + " b.id < 4 AND a.id < 4",
        4);
    assertCounted("SELECT count(*) FROM (SELECT id, smartbert(text) AS s FROM texts)", 0);
    // Either may be true: each row is needed.
    assertCounted("SELECT id FROM texts WHERE id < 3 OR " + label, ROWS);
    // What is drawn anew for each row keeps its place.
    assertCounted("SELECT id FROM texts WHERE rand() < 2 AND " + label, ROWS);
    assertCounted(
        "SELECT id FROM texts WHERE id IN (SELECT id FROM texts WHERE id < 5) AND " + label, 5);
  }

  @Test
  void aLimitComesBeforeTheNetwork() {
    long before = SqlFunctionCounts.rows(spark);
    assertThat(spark.sql("SELECT smartbert(text).tokens FROM texts LIMIT 7").collectAsList())
        .hasSize(7);
    assertThat(spark.sql("SELECT smartbert(text) FROM (SELECT * FROM texts LIMIT 5)").count())
        .isEqualTo(5);
    assertThat(SqlFunctionCounts.rows(spark) - before).isLessThan(ROWS / 2);
  }

  @Test
  void sourcesReadOnlyTheColumnsAndPartitionsThatAreNeeded() {
    String wide = folder.resolve("wide").toString();
    spark
        .table("texts")
        .selectExpr("*", "uuid() AS payload")
        .write()
        .partitionBy("part")
        .parquet(wide);
    spark.read().parquet(wide).createOrReplaceTempView("wide");
    String query = "SELECT id FROM wide WHERE id < 3 AND part = 1 AND smartbert(text).tokens > 0";
    String plan = spark.sql(query).queryExecution().executedPlan().toString();
    assertThat(plan)
        .containsPattern("PartitionFilters: \\[isnotnull\\(part#\\d+\\), \\(part#\\d+ = 1\\)");
    assertThat(plan).contains("PushedFilters: [IsNotNull(id), LessThan(id,3)]");
    assertThat(plan).contains("ReadSchema: struct<id:bigint,text:string>");
    assertCounted(query, 1);
    // Above a subquery or a view the same holds.
    spark.sql(
        "CREATE OR REPLACE TEMPORARY VIEW scored_wide AS SELECT *, smartbert(text) AS s FROM wide");
    String above =
        spark
            .sql("SELECT id, s.prediction FROM scored_wide WHERE part = 2 AND id > 290")
            .queryExecution()
            .executedPlan()
            .toString();
    assertThat(above).contains("GreaterThan(id,290)").contains("(part#").doesNotContain("payload");
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
  void theConditionOfAJoinEvaluatesEachRowOfEachSideOnce() {
    assertCounted(
        "SELECT count(*) FROM texts a JOIN texts b ON smartbert(a.text).tokens >"
            + " smartbert(b.text).tokens + 20",
        2 * ROWS);
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
  void wrongCallsGetOneSentence() {
    assertSentence("SELECT smartbert(id) FROM texts", "smartbert is given", "BIGINT", "STRING");
    assertSentence("SELECT smartbert() FROM texts", "smartbert takes a text", "0 arguments");
    assertSentence("SELECT * FROM smartbert_score('nowhere', 'text')", "no table or view nowhere");
    assertSentence(
        "SELECT * FROM smartbert_score('texts', 'txt')", "no column txt", "id, text, part");
    assertSentence("SELECT * FROM smartbert_score('texts', 'id')", "BIGINT");
    spark.conf().set("spark.smartbert.sql.gates", "ajar");
    assertSentence("SELECT smartbert(text) FROM texts", "gates is ajar", "on, off");
    spark.conf().set("spark.smartbert.sql.gates", "on");
    spark.conf().set("spark.smartbert.sql.entropy_threshold", "-1");
    assertSentence("SELECT smartbert(text) FROM texts", "entropy_threshold is -1");
    spark.conf().unset("spark.smartbert.sql.entropy_threshold");
    spark.conf().set("spark.smartbert.sql.precision", "int8");
    assertSentence("SELECT smartbert(text) FROM texts", "not quantised");
    spark.conf().unset("spark.smartbert.sql.precision");
    spark.conf().set("spark.smartbert.sql.model", folder.resolve("none").toString());
    assertSentence("SELECT smartbert(text) FROM texts", "none does not exist");
    spark.conf().unset("spark.smartbert.sql.model");
    assertSentence("SELECT smartbert(text) FROM texts", "SET spark.smartbert.sql.model");
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

  private void assertSentence(String query, String... parts) {
    assertThatThrownBy(() -> spark.sql(query).collectAsList())
        .satisfies(
            e -> {
              for (String part : parts) {
                assertThat(e.getMessage()).contains(part);
              }
            });
  }

  /** Runs a query and counts the rows that the network, or its stand-in for null, has seen. */
  private void assertCounted(String query, long rows) {
    long before = SqlFunctionCounts.rows(spark);
    spark.sql(query).collectAsList();
    assertThat(SqlFunctionCounts.rows(spark) - before).as(query).isEqualTo(rows);
  }
}
