package org.smartbert.model.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MetricTest {
  @Test
  void metricsHaveTheirTextbookValues() {
    double[][] two = {{50, 10}, {5, 35}};
    assertThat(Metric.ACCURACY.of(two)).isCloseTo(0.85, within(1e-12));
    assertThat(Metric.F1.of(two)).isCloseTo(70.0 / 85, within(1e-12));
    double mcc = (35.0 * 50 - 10 * 5) / Math.sqrt(45.0 * 40 * 60 * 55);
    assertThat(Metric.MCC.of(two)).isCloseTo(mcc, within(1e-12));
    double[][] three = {{2, 0, 0}, {0, 3, 0}, {0, 0, 4}};
    assertThat(Metric.F1.of(three)).isEqualTo(1);
    assertThat(Metric.MCC.of(three)).isCloseTo(1, within(1e-12));
    assertThat(Metric.MCC.of(new double[][] {{5, 0}, {5, 0}})).isZero();
  }
}
