package org.smartbert.jobs.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The betting test has the numbers of its formula, and its wealth is fair where it must be. */
class BettingTestTest {
  private static double pValue(double epsilon, double delta, int... losses) {
    BettingTest test = new BettingTest(epsilon, delta, losses.length);
    for (int loss : losses) {
      test.add(loss);
    }
    return test.pValue();
  }

  /** By a program of its own that multiplies wealth, and takes means and variances row by row. */
  @Test
  void itIsOneOverTheHighestWealthOfTheFormula() {
    assertThat(pValue(0.1, 0.05, 0, -1, 0, 1, 0, -1)).isCloseTo(0.4445587856959096, within(1e-12));
    assertThat(pValue(0.1, 0.05, 0, 0, 0)).isCloseTo(0.7865270823850707, within(1e-12));
  }

  @Test
  void itIsOneBeforeAnyRowAndWhereWealthOnlyFalls() {
    assertThat(pValue(0.1, 0.05)).isEqualTo(1);
    assertThat(pValue(0.1, 0.05, 1, 1, 1)).isEqualTo(1);
  }

  @Test
  void whatWasShownStaysShown() {
    BettingTest test = new BettingTest(0.1, 0.05, 200);
    for (int row = 0; row < 100; row++) {
      test.add(0);
    }
    double shown = test.pValue();
    assertThat(shown).isLessThan(0.05);
    for (int row = 0; row < 100; row++) {
      test.add(1);
    }
    assertThat(test.pValue()).isEqualTo(shown);
  }

  @Test
  void aGainCountsMoreThanNoLoss() {
    assertThat(pValue(0.1, 0.05, 0, -1, 0)).isLessThan(pValue(0.1, 0.05, 0, 0, 0));
  }

  @Test
  void withoutALossItNeedsSoManyRows() {
    assertThat(BettingTest.fewestRows(0.01, 0.05)).isEqualTo(410);
    assertThat(BettingTest.fewestRows(0.05, 0.05)).isEqualTo(80);
    assertThat(pValue(0.05, 0.05, new int[80])).isLessThanOrEqualTo(0.05);
    assertThat(pValue(0.05, 0.05, new int[79])).isGreaterThan(0.05);
  }

  /** One row in fifty is worse and one is better: no loss of accuracy, but of agreement. */
  @Test
  void lossesThatGainsMakeUpForAreAccepted() {
    Random random = new Random(3);
    BettingTest test = new BettingTest(0.01, 0.05, 10_000);
    for (int row = 0; row < 10_000; row++) {
      double place = random.nextDouble();
      test.add(place < 0.02 ? 1 : place > 0.98 ? -1 : 0);
    }
    assertThat(test.pValue()).isLessThan(0.05);
    assertThat(new BinomialTest(0.01, 0.05).pValue(400, 10_000)).isGreaterThan(0.99);
  }

  @Test
  void whatIsNoShareIsRefused() {
    assertThatThrownBy(() -> new BettingTest(1, 0.05, 10))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BettingTest(0.1, 0, 10))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
