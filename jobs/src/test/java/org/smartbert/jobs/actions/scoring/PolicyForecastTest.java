package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.smartbert.jobs.history.Compute;

/** The arithmetic from measured parts to a run. */
class PolicyForecastTest {
  @Test
  void aRunIsItsSlicesAndWhatComesBeforeAndAfterThem() {
    ScoringForecast.Division division = new ScoringForecast.Division(2, 4, 2, 0.5, 0.25);
    ScoringForecast.Overheads overheads = new ScoringForecast.Overheads(1, 2, 3, 4, 5, 6);
    ScoringForecast.Policy policy =
        new PolicyForecast(1000, division, overheads)
            .of(
                ScoreRequest.Exits.DEFAULT,
                new PolicyPasses.Pass(100, 3, 10),
                new ScoringReport.Totals(100, 0, 0, 2.5, new Compute(30, 60)));
    assertThat(policy.layers()).isEqualTo(2.5);
    assertThat(policy.cost()).isEqualTo(0.5);
    // A row takes a task 0.1 s, and four run at once.
    assertThat(policy.rowsPerSecond()).isCloseTo(40, within(1e-9));
    // Counting, loading on four slots, reading twice, rows; two cores each.
    assertThat(policy.coreHours()).isCloseTo((2 + 4 * 3 + 2 * 4 + 100) * 2 / 3600.0, within(1e-9));
    // Opening, records, loading, and two slices: a commit, half of reading, a quarter of the rows.
    assertThat(policy.seconds()).isCloseTo(1 + 6 + 3 + 2 * (5 + 2 + 12.5), within(1e-9));
  }
}
