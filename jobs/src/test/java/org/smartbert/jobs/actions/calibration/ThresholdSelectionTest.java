package org.smartbert.jobs.actions.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.statistics.RatioEstimate;
import org.smartbert.model.InvalidInputException;

/** Which threshold is taken. */
class ThresholdSelectionTest {
  private static CalibrateResult.Line line(float threshold, boolean certified, double cost) {
    return new CalibrateResult.Line(
        threshold, 0, OptionalDouble.empty(), certified, new RatioEstimate(cost, cost, cost));
  }

  /** A small threshold asks classifiers that no row leaves at, and costs more than none. */
  private static final List<CalibrateResult.Line> LINES =
      List.of(
          line(0, true, 0.8),
          line(0.1f, true, 0.85),
          line(0.2f, true, 0.5),
          line(0.3f, true, 0.5),
          line(0.4f, false, 0.2));

  @Test
  void theCheapestCertifiedIsTakenAndOfEqualsTheSafest() {
    assertThat(ThresholdSelection.cheapestCertified(LINES).threshold()).isEqualTo(0.2f);
    assertThat(ThresholdSelection.cheapestCertified(LINES.subList(0, 2)).threshold()).isZero();
  }

  @Test
  void whereNothingIsCertifiedNoRowExits() {
    CalibrateResult.Line none =
        ThresholdSelection.cheapestCertified(List.of(line(0, false, 0.8), line(1, false, 0.1)));
    assertThat(none.threshold()).isZero();
    assertThat(none.certified()).isFalse();
  }

  @Test
  void theSafestWithinABudgetIsTaken() {
    assertThat(ThresholdSelection.safestWithin(0.82, LINES).threshold()).isZero();
    assertThat(ThresholdSelection.safestWithin(0.6, LINES).threshold()).isEqualTo(0.2f);
    assertThat(ThresholdSelection.safestWithin(0.2, LINES).threshold()).isEqualTo(0.4f);
    assertThatThrownBy(() -> ThresholdSelection.safestWithin(0.1, LINES))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the cheapest of --thresholds is 0.4, with a mean cost of 0.200");
  }
}
