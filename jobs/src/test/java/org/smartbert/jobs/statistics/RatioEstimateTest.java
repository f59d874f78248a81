package org.smartbert.jobs.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** A ratio's interval is that of a mean where denominators are equal, and covers as it says. */
class RatioEstimateTest {
  @Test
  void withEqualDenominatorsItIsTheMeansInterval() {
    RatioEstimate.Sums sums = RatioEstimate.Sums.NONE;
    for (double x : new double[] {1, 2, 3, 4, 10}) {
      sums = sums.with(x, 2);
    }
    RatioEstimate estimate = RatioEstimate.of(sums);
    assertThat(estimate.value()).isCloseTo(2, within(1e-12));
    // Standard deviation sqrt(12.5) of x; of the mean of x / 2 it is sqrt(12.5 / 5) / 2.
    double half = 1.959964 * Math.sqrt(2.5) / 2;
    assertThat(estimate.low()).isCloseTo(2 - half, within(1e-5));
    assertThat(estimate.high()).isCloseTo(2 + half, within(1e-5));
  }

  @Test
  void sumsOfPartsAreTheSumsOfAll() {
    RatioEstimate.Sums one = RatioEstimate.Sums.NONE.with(1, 4).with(2, 5);
    RatioEstimate.Sums other = RatioEstimate.Sums.NONE.with(3, 7);
    assertThat(one.plus(other)).isEqualTo(RatioEstimate.Sums.NONE.with(1, 4).with(2, 5).with(3, 7));
    assertThat(RatioEstimate.of(other)).isEqualTo(new RatioEstimate(3 / 7.0, 3 / 7.0, 3 / 7.0));
  }

  @Test
  void itCoversTheTrueRatioInAboutNineteenOfTwentyDraws() {
    Random random = new Random(5);
    int covered = 0;
    int draws = 2000;
    for (int draw = 0; draw < draws; draw++) {
      RatioEstimate.Sums sums = RatioEstimate.Sums.NONE;
      for (int row = 0; row < 300; row++) {
        double tokens = 5 + random.nextInt(100);
        sums = sums.with(tokens * (random.nextDouble() < 0.7 ? 0.2 : 1), tokens);
      }
      RatioEstimate estimate = RatioEstimate.of(sums);
      covered += estimate.low() <= 0.44 && 0.44 <= estimate.high() ? 1 : 0;
    }
    assertThat(covered / (double) draws).isBetween(0.93, 0.965);
  }
}
