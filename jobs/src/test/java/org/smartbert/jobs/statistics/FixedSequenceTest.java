package org.smartbert.jobs.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A fixed sequence ends at its first failure, whatever follows. */
class FixedSequenceTest {
  @Test
  void whatIsBehindTheFirstFailureIsNotRejected() {
    assertThat(FixedSequence.rejected(new double[] {0.01, 0.05, 0.051, 0.001}, 0.05)).isEqualTo(2);
  }

  @Test
  void nothingIsRejectedWhereTheFirstFails() {
    assertThat(FixedSequence.rejected(new double[] {0.2, 0.001}, 0.05)).isZero();
    assertThat(FixedSequence.rejected(new double[0], 0.05)).isZero();
    assertThat(FixedSequence.rejected(new double[] {Double.NaN}, 0.05)).isZero();
  }

  @Test
  void allAreRejectedWhereNoneFails() {
    assertThat(FixedSequence.rejected(new double[] {0.04, 0.03}, 0.05)).isEqualTo(2);
  }
}
