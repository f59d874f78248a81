package org.smartbert.jobs.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SampleReviewsTest {
  private static final List<Review> REVIEWS = SampleReviews.generate(7, 8000);

  @Test
  void theSameSeedGivesTheSameReviewsAndNoneTwice() {
    assertThat(SampleReviews.generate(7, 8000)).isEqualTo(REVIEWS);
    assertThat(REVIEWS.stream().map(Review::text)).doesNotHaveDuplicates();
  }

  @Test
  void labelsAreBalancedInEveryGrade() {
    REVIEWS.stream()
        .collect(
            Collectors.groupingBy(
                Review::difficulty,
                Collectors.averagingDouble(r -> r.label().equals("positive") ? 1 : 0)))
        .forEach((grade, share) -> assertThat(share).as("" + grade).isCloseTo(0.5, within(0.06)));
  }

  /** What words say in plain rows labels plain rows and misleads on hard ones. */
  @Test
  void naiveBayesOfPlainRowsSolvesThemAndNotTheHardOnes() {
    Map<String, double[]> counts = new HashMap<>();
    for (Review review : REVIEWS.subList(0, 6000)) {
      if (review.difficulty() != Difficulty.PLAIN) {
        continue;
      }
      for (String word : words(review)) {
        counts.computeIfAbsent(word, w -> new double[] {1, 1})[index(review)]++;
      }
    }
    Map<Difficulty, Double> accuracy =
        REVIEWS.subList(6000, 8000).stream()
            .collect(
                Collectors.groupingBy(
                    Review::difficulty,
                    Collectors.averagingDouble(
                        r -> (score(counts, r) > 0) == (index(r) == 1) ? 1 : 0)));
    assertThat(accuracy.get(Difficulty.PLAIN)).isGreaterThan(0.9);
    assertThat(accuracy.get(Difficulty.NEGATED)).isLessThan(0.3);
    assertThat(accuracy.get(Difficulty.CONTRASTED)).isLessThan(0.85);
  }

  @Test
  void everyWordStandsInTheVocabulary() {
    List<String> vocabulary = SampleBackbone.vocabulary(REVIEWS);
    assertThat(vocabulary).startsWith("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    assertThat(vocabulary).doesNotHaveDuplicates();
    REVIEWS.forEach(review -> assertThat(vocabulary).containsAll(Arrays.asList(words(review))));
  }

  @Test
  void anImpossibleCountIsRefused() {
    assertThatThrownBy(() -> SampleReviews.generate(1, 20_001))
        .hasMessage("20001 reviews were asked for; the generator makes 1 to 20000.");
  }

  private static double score(Map<String, double[]> counts, Review review) {
    double score = 0;
    for (String word : words(review)) {
      double[] seen = counts.getOrDefault(word, new double[] {1, 1});
      score += Math.log(seen[1] / seen[0]);
    }
    return score;
  }

  private static int index(Review review) {
    return review.label().equals("positive") ? 1 : 0;
  }

  private static String[] words(Review review) {
    return review.text().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", " ").strip().split(" ", -1);
  }
}
