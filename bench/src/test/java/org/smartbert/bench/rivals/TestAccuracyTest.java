package org.smartbert.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Accuracy of scored rows on real Spark: what is not answered, or was not learned, is wrong. */
class TestAccuracyTest {
  private static final Labels LABELS = new Labels(List.of("no", "yes"));

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[1]")
            .appName("tests")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 1)
            .getOrCreate();
  }

  @AfterAll
  static void stop() throws IOException {
    spark.close();
  }

  private static Dataset<Row> scored(String... labelsAndPredictions) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < labelsAndPredictions.length; i += 2) {
      rows.add(RowFactory.create(labelsAndPredictions[i], labelsAndPredictions[i + 1]));
    }
    return spark.createDataFrame(rows, StructType.fromDDL("label STRING, prediction STRING"));
  }

  @Test
  void whatIsNotAnsweredOrWasNotLearnedIsWrong() {
    TestAccuracy accuracy =
        TestAccuracy.of(
            scored("yes", "yes", "no", "no", "no", "yes", "no", null, "maybe", "yes"), LABELS);
    assertThat(accuracy.scores().value()).isEqualTo(0.4);
    assertThat(accuracy.notScored()).isEqualTo(1);
    assertThat(accuracy.scores().low()).isLessThan(0.4);
    assertThat(accuracy.scores().high()).isGreaterThan(0.4);
  }

  @Test
  void aLabelThatNobodyTrainedIsAMistakeOfTheRival() {
    assertThatThrownBy(() -> TestAccuracy.of(scored("yes", "perhaps"), LABELS))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anIndexIsTheOneOfItsName() {
    Dataset<Row> rows = scored("yes", "no", "no", "no", "maybe", "no");
    Dataset<Row> indexed =
        rows.withColumn("index", LABELS.index(rows.col("label")))
            .withColumn("name", LABELS.name(LABELS.index(rows.col("prediction"))));
    assertThat(indexed.select("index").as(org.apache.spark.sql.Encoders.DOUBLE()).collectAsList())
        .containsExactly(1.0, 0.0, -1.0);
    assertThat(indexed.select("name").distinct().collectAsList())
        .containsExactly(RowFactory.create("no"));
  }
}
