package org.smartbert.jobs.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exact binomial test has the numbers of its tables, and those of the sum it stands for. */
class BinomialTestTest {
  private static final BinomialTest POINT = new BinomialTest(0.01, 0.05);

  @ParameterizedTest
  @CsvSource({"299,0", "872,3", "5463,42", "9815,81", "100000,948"})
  void soManyErrorsAreAllowedAtOnePointAndFivePercent(long rows, long errors) {
    assertThat(POINT.mostErrors(rows)).isEqualTo(errors);
    assertThat(POINT.pValue(errors, rows)).isLessThanOrEqualTo(0.05);
    assertThat(POINT.pValue(errors + 1, rows)).isGreaterThan(0.05);
  }

  @Test
  void withoutAnErrorItNeeds299Rows() {
    assertThat(POINT.fewestRows()).isEqualTo(299);
    assertThat(POINT.pValue(0, 299)).isCloseTo(0.04954, within(1e-5));
    assertThat(POINT.pValue(0, 298)).isGreaterThan(0.05);
    assertThat(POINT.mostErrors(298)).isEqualTo(-1);
    assertThat(new BinomialTest(0.05, 0.05).fewestRows()).isEqualTo(59);
  }

  @ParameterizedTest
  @CsvSource({"0.02,0.1", "0.3,0.01", "0.5,0.5"})
  void thePValueIsTheSumOfTheProbabilities(double epsilon, double delta) {
    BinomialTest test = new BinomialTest(epsilon, delta);
    int rows = 40;
    double probability = Math.pow(1 - epsilon, rows);
    double sum = probability;
    for (int k = 0; k <= rows; k++) {
      assertThat(test.pValue(k, rows)).isCloseTo(sum, within(1e-12));
      assertThat(k <= test.mostErrors(rows)).isEqualTo(test.pValue(k, rows) <= delta);
      probability *= (rows - k) / (k + 1.0) * epsilon / (1 - epsilon);
      sum += probability;
    }
  }

  @Test
  void whatIsNoShareIsRefused() {
    assertThatThrownBy(() -> new BinomialTest(0, 0.05))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BinomialTest(0.01, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BinomialTest(Double.NaN, 0.5))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
