package org.smartbert.jobs.actions.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.model.InvalidInputException;

/** The baseline against naive Bayes written down from its formula. */
class NaiveBayesTest {
  private static final LabelledRows COLUMNS = new LabelledRows("text", null, "label");

  private record Example(String text, String label) {}

  private static Dataset<Row> rows(List<Example> examples) {
    return TestSpark.local()
        .createDataFrame(
            examples.stream().map(e -> RowFactory.create(e.text(), e.label())).toList(),
            StructType.fromDDL("text STRING, label STRING"))
        .repartition(2);
  }

  /** Words of three topics that overlap, so that about a fifth of the answers is wrong. */
  private static List<Example> examples(long seed, int count) {
    Random random = new Random(seed);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int topic = random.nextInt(10) < 5 ? 0 : 1 + random.nextInt(2);
      StringBuilder text = new StringBuilder();
      for (int w = 0; w < 4; w++) {
        text.append(w % 2 == 0 ? "W" : "w")
            .append(topic * 4 + random.nextInt(12))
            .append(w % 2 == 0 ? ", " : " -- ");
      }
      examples.add(new Example(text.toString(), List.of("left", "mid", "right").get(topic)));
    }
    return examples;
  }

  private static double expectedAccuracy(List<Example> train, List<Example> test) {
    Map<String, Map<String, Integer>> counts = new HashMap<>();
    Map<String, Integer> words = new HashMap<>();
    Map<String, Integer> rows = new HashMap<>();
    Set<String> vocabulary = new HashSet<>();
    for (Example example : train) {
      rows.merge(example.label(), 1, Integer::sum);
      for (String word : words(example)) {
        vocabulary.add(word);
        words.merge(example.label(), 1, Integer::sum);
        counts.computeIfAbsent(example.label(), l -> new HashMap<>()).merge(word, 1, Integer::sum);
      }
    }
    int right = 0;
    for (Example example : test) {
      String best = null;
      double most = Double.NEGATIVE_INFINITY;
      for (String label : rows.keySet()) {
        double score = Math.log(rows.get(label) + 1.0);
        for (String word : words(example)) {
          if (vocabulary.contains(word)) {
            score +=
                Math.log(
                    (counts.get(label).getOrDefault(word, 0) + 1.0)
                        / (words.get(label) + vocabulary.size()));
          }
        }
        if (score > most) {
          most = score;
          best = label;
        }
      }
      right += example.label().equals(best) ? 1 : 0;
    }
    return (double) right / test.size();
  }

  private static List<String> words(Example example) {
    return List.of(example.text().toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1)).stream()
        .filter(word -> !word.isEmpty())
        .toList();
  }

  @Test
  void answersAreThoseOfTheFormula() {
    List<Example> train = examples(1, 400);
    List<Example> test = examples(2, 500);
    double expected = expectedAccuracy(train, test);
    NaiveBayes.Result result = NaiveBayes.trainedOn(COLUMNS, rows(train)).test(COLUMNS, rows(test));
    assertThat(expected).isBetween(0.6, 0.95);
    assertThat(result.accuracy().value()).isCloseTo(expected, within(1e-12));
    assertThat(result.accuracy().low()).isBetween(expected - 0.06, expected - 0.01);
    assertThat(result.accuracy().high()).isBetween(expected + 0.01, expected + 0.06);
    assertThat(result.rows()).isEqualTo(500);
    assertThat(result.rowsPerSecond()).isPositive();
  }

  @Test
  void aLabelThatWasNotLearnedIsAWrongAnswer() {
    List<Example> train = List.of(new Example("cat", "b"), new Example("oak", "c"));
    List<Example> test =
        List.of(new Example("cat", "a"), new Example("oak", "c"), new Example("Cat!", "b"));
    NaiveBayes.Result result = NaiveBayes.trainedOn(COLUMNS, rows(train)).test(COLUMNS, rows(test));
    assertThat(result.accuracy().value()).isCloseTo(2 / 3.0, within(1e-12));
    assertThatThrownBy(() -> NaiveBayes.trainedOn(COLUMNS, rows(List.of(new Example("cat", "a")))))
        .isInstanceOf(InvalidInputException.class);
  }
}
