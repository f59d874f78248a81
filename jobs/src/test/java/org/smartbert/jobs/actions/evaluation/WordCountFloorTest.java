package org.smartbert.jobs.actions.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.training.Metric;

/** A word count finds what words say, whatever the partitions, and nothing else. */
class WordCountFloorTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("first STRING, second STRING, label INT, validation BOOLEAN");

  private static Dataset<Row> rows(List<Row> rows, int partitions) {
    return TestSpark.local().createDataFrame(rows, SCHEMA).repartition(partitions);
  }

  /** Three topics, of which one word tells; every tenth label is another. Each fifth validates. */
  private static List<Row> topics(int count) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int topic = i % 3;
      String text = "w" + random.nextInt(40) + " Topic" + topic + ", w" + random.nextInt(40);
      int label = i % 10 == 7 ? (topic + 1) % 3 : topic;
      rows.add(RowFactory.create(text, null, label, i % 5 == 2));
    }
    return rows;
  }

  @Test
  void itAnswersByTheWordsThatTellHoweverTheRowsAreDivided() {
    List<Row> topics = topics(900);
    WordCountFloor one = WordCountFloor.heldOut(rows(topics, 1), 3);
    Collections.shuffle(topics, new Random(6));
    WordCountFloor seven = WordCountFloor.heldOut(rows(topics, 7), 3);
    // Of validation rows each second one has the label of another topic.
    assertThat(Metric.ACCURACY.of(one.confusion())).isEqualTo(0.5);
    assertThat(one.confusion())
        .isDeepEqualTo(new double[][] {{30, 0, 30}, {30, 30, 0}, {0, 30, 30}});
    assertThat(seven.confusion()).isDeepEqualTo(one.confusion());
    assertThat(one.fittedRows()).isEqualTo(720);
    assertThat(one.rows()).isEqualTo(180);
    Scores scores = one.scores(Metric.ACCURACY);
    assertThat(scores.low()).isBetween(0.38, 0.47);
    assertThat(one.reaches(Metric.ACCURACY, new Scores(0.6, 0.5, 0.7))).isTrue();
    assertThat(one.reaches(Metric.ACCURACY, new Scores(0.6, 0.51, 0.7))).isFalse();
  }

  @Test
  void theOptimiserSumsInOneOrder() {
    // Labels that words hardly tell: coefficients near 0, where rounding would change answers.
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      StringBuilder text = new StringBuilder();
      for (int w = 0; w < 8; w++) {
        text.append("w").append(random.nextInt(200)).append(' ');
      }
      rows.add(RowFactory.create(text.toString(), null, random.nextInt(4), i % 3 == 0));
    }
    WordCountFloor heldOut = WordCountFloor.heldOut(rows(rows, 1), 4);
    WordCountFloor crossFitted = WordCountFloor.crossFitted(rows(rows, 1), 4, folds -> {});
    Collections.shuffle(rows, random);
    assertThat(WordCountFloor.heldOut(rows(rows, 7), 4).confusion())
        .isDeepEqualTo(heldOut.confusion());
    assertThat(WordCountFloor.crossFitted(rows(rows, 7), 4, folds -> {}).confusion())
        .isDeepEqualTo(crossFitted.confusion());
    assertThat(crossFitted.rows()).isEqualTo(1500);
  }

  @Test
  void rowsOfOneTextAreInOneFold() {
    // Every text is there three times, with the same label, and no word is in two texts.
    Random random = new Random(8);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      int label = random.nextInt(2);
      for (String text : List.of("u" + i, "U" + i, "u" + i)) {
        rows.add(RowFactory.create(text, null, label, true));
      }
    }
    List<Integer> told = new ArrayList<>();
    WordCountFloor floor = WordCountFloor.crossFitted(rows(rows, 3), 2, told::add);
    assertThat(Metric.ACCURACY.of(floor.confusion())).isBetween(0.3, 0.65);
    assertThat(told).containsExactly(1, 2, 3, 4, 5);
    List<Row> topics = topics(900);
    WordCountFloor words = WordCountFloor.crossFitted(rows(topics, 3), 3, folds -> {});
    assertThat(Metric.ACCURACY.of(words.confusion())).isEqualTo(0.9);
  }

  @Test
  void theSecondTextOfAPairIsReadWhereThereIsOne() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      boolean yes = i % 2 == 0;
      rows.add(RowFactory.create("same", yes ? "yes" : null, yes ? 1 : 0, i % 4 > 1));
    }
    assertThat(WordCountFloor.heldOut(rows(rows, 2), 2).confusion())
        .isDeepEqualTo(new double[][] {{50, 0}, {0, 50}});
  }

  @Test
  void wordsAreDividedAsBertDividesThem() {
    assertThat(words("Don't SHOUT-at me!", "naïve CAFÉ 42"))
        .containsExactly("don", "t", "shout", "at", "me", "naïve", "café", "42");
    assertThat(words("很好 ok好", null)).containsExactly("很", "好", "ok", "好");
    // A combining mark belongs to its word.
    assertThat(words("हिन्दी", null)).containsExactly("हिन्दी");
    assertThat(words("x".repeat(5000), "y")).containsExactly("x".repeat(4096), "y");
    assertThat(words("", null)).isEmpty();
  }

  private static List<String> words(String first, String second) {
    List<Row> row = List.of(RowFactory.create(first, second, 0, false));
    return Documents.of(rows(row, 1)).select("words").first().getList(0);
  }

  @Test
  void textsWithoutWordsAreAnsweredByTheMostFrequentLabel() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(RowFactory.create(i % 2 == 0 ? "" : "!", null, i % 3 == 0 ? 0 : 2, i % 4 == 0));
    }
    assertThat(WordCountFloor.heldOut(rows(rows, 2), 3).confusion())
        .isDeepEqualTo(new double[][] {{0, 0, 5}, {0, 0, 0}, {0, 0, 10}});
  }

  @Test
  void rowsOfOneLabelGiveThatLabelAsTheOnlyAnswer() {
    for (int only = 0; only < 3; only++) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        rows.add(RowFactory.create("w" + i % 7, null, i % 4 == 0 ? i % 3 : only, i % 4 == 0));
      }
      double[][] confusion = WordCountFloor.heldOut(rows(rows, 2), 3).confusion();
      for (double[] actual : confusion) {
        assertThat(actual[only]).isEqualTo(java.util.Arrays.stream(actual).sum()).isPositive();
      }
    }
  }

  @Test
  void rowsOfOneTextAloneCannotBeCrossFitted() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add(RowFactory.create("same", null, i % 2, true));
    }
    assertThatThrownBy(() -> WordCountFloor.crossFitted(rows(rows, 2), 2, folds -> {}))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContaining("no rows of another text");
  }

  @Test
  void ofManyRowsTheSameOnesAreFitted() {
    Dataset<Row> many =
        TestSpark.local()
            .range(60_000)
            .selectExpr(
                "concat('w', id % 50000) AS first",
                "CAST(NULL AS STRING) AS second", "CAST(id % 2 AS INT) AS label");
    List<Row> one = Documents.sample(many.repartition(1)).select("text", "label").collectAsList();
    assertThat(one).hasSize(Documents.MOST_ROWS);
    assertThat(Documents.sample(many.repartition(7)).select("text", "label").collectAsList())
        .isEqualTo(one);
    Dataset<Row> equal = many.selectExpr("'same' AS first", "second", "0 AS label");
    assertThat(Documents.sample(equal).count()).isEqualTo(Documents.MOST_ROWS);
  }
}
