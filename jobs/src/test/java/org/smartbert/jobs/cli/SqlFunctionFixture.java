package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;
import org.smartbert.udfs.SqlFunctionCounts;

/** 300 texts in the view {@code texts}, and what the command score answers for them. */
abstract class SqlFunctionFixture {
  static final int ROWS = 300;
  static final String ANSWER =
      "prediction, confidence, probabilities, entropy, exit_layer, skip_mask, layers_executed,"
          + " tokens, truncated, flops, flops_full, error";

  static SparkSession spark;
  static Path folder;
  static String model;

  /** What score answers, by id. */
  static List<Row> expected;

  /** Once for all classes; the view is the session's, which another class may have replaced. */
  @BeforeAll
  static synchronized void scoreByTheCommand() {
    spark = TestSpark.local();
    if (expected == null) {
      folder = Path.of(System.getProperty("java.io.tmpdir"), "sql-functions-" + UUID.randomUUID());
      model = TinyModels.write(folder.resolve("model"), TinyModels.config(4, 32, 3), 4).toString();
      writeTexts();
      expected = scored();
    }
    spark
        .read()
        .format("delta")
        .load(folder.resolve("input").toString())
        .createOrReplaceTempView("texts");
  }

  private static void writeTexts() {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      StringBuilder text = new StringBuilder();
      for (int word = random.nextInt(12); word >= 0; word--) {
        text.append('w').append(random.nextInt(60)).append(' ');
      }
      rows.add(RowFactory.create((long) i, i % 50 == 7 ? null : text.toString(), i % 3));
    }
    spark
        .createDataFrame(rows, StructType.fromDDL("id BIGINT, text STRING, part INT"))
        .write()
        .format("delta")
        .save(folder.resolve("input").toString());
  }

  private static List<Row> scored() {
    TestSpark.Outcome score =
        TestSpark.run(
            "score",
            "--incremental=off",
            "--input=" + folder.resolve("input"),
            "--model=" + model,
            "--output=" + folder.resolve("scored"),
            "--entropy-threshold=0.95",
            "--tables-root=" + folder.resolve("tables"));
    assertThat(score.code()).as(score.err()).isZero();
    List<Row> rows =
        spark
            .sql(
                "SELECT id, "
                    + ANSWER
                    + " FROM delta.`"
                    + folder.resolve("scored")
                    + "` ORDER BY 1")
            .collectAsList();
    // Rows that left nowhere, early and late.
    assertThat(rows.stream().map(row -> row.getAs("exit_layer")).distinct()).hasSizeGreaterThan(2);
    return rows;
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

  /** Runs a query and counts the rows that the network, or its stand-in for null, has seen. */
  static void assertCounted(String query, long rows) {
    long before = SqlFunctionCounts.rows(spark);
    spark.sql(query).collectAsList();
    assertThat(SqlFunctionCounts.rows(spark) - before).as(query).isEqualTo(rows);
  }
}
