package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each slice reads the whole input, so their number stops growing with the rows. */
class SlicesTest {
  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "100000, 1", "100001, 2", "2000000, 20", "5000000000, 20"})
  void areOneForAHundredThousandRowsAndTwentyAtMost(long rows, int slices) {
    assertThat(ScoreRequest.Tasks.DEFAULT.slicesFor(rows)).isEqualTo(slices);
  }

  /** A run with a limit stops between slices. */
  @ParameterizedTest
  @CsvSource({"0, 1", "25000, 1", "25001, 2", "2500000, 100", "5000000000, 100"})
  void areSmallerWithALimitOfCoreHours(long rows, int slices) {
    assertThat(ScoreRequest.Tasks.DEFAULT.within(1).slicesFor(rows)).isEqualTo(slices);
    assertThat(new ScoreRequest.Tasks(7, 0).within(1).slicesFor(rows)).isEqualTo(7);
  }
}
