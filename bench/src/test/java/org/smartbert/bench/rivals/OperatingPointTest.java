package org.smartbert.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The cheapest threshold within a point of full depth; the most accurate where none is. */
class OperatingPointTest {
  private static OperatingPoint point(double threshold, double accuracy, double flops) {
    return new OperatingPoint((float) threshold, accuracy, flops);
  }

  @Test
  void theCheapestWithinAPointIsChosen() {
    OperatingPoint chosen =
        OperatingPoint.choose(
            List.of(
                point(0, 0.920, 100),
                point(0.1, 0.918, 60),
                point(0.2, 0.905, 40),
                point(0.3, 0.91, 50)),
            0.92);
    assertThat(chosen.threshold()).isEqualTo(0.3f);
  }

  /** Six rows of 600 less are a point, though the difference of the quotients is above it. */
  @Test
  void aPointLessIsStillWithin() {
    double full = 304 / 600.0;
    double less = 298 / 600.0;
    assertThat(full - 0.01).isGreaterThan(less);
    OperatingPoint chosen =
        OperatingPoint.choose(List.of(point(0, full, 100), point(0.4, less, 10)), full);
    assertThat(chosen.threshold()).isEqualTo(0.4f);
    assertThat(chosen.describe(full)).doesNotContain("more than a point less");
  }

  @Test
  void whereNoneIsWithinTheMostAccurateIsChosenAndTold() {
    OperatingPoint chosen =
        OperatingPoint.choose(
            List.of(point(0, 0.88, 100), point(0.1, 0.90, 80), point(0.2, 0.90, 70)), 0.95);
    assertThat(chosen.threshold()).isEqualTo(0.2f);
    assertThat(chosen.describe(0.95))
        .isEqualTo(
            "S = 0.2, validation accuracy 90.00 against 95.00 of full depth, more than a point less"
                + " at every threshold");
    assertThat(chosen.withoutThreshold()).isEqualTo("validation accuracy 90.00");
  }

  @Test
  void ofEqualCostTheMoreAccurateIsChosen() {
    OperatingPoint chosen =
        OperatingPoint.choose(List.of(point(0.1, 0.915, 50), point(0.2, 0.918, 50)), 0.92);
    assertThat(chosen.threshold()).isEqualTo(0.2f);
  }
}
