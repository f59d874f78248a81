package org.smartbert.jobs.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The estimate is that of the rate since the first report. */
class RemainingTimeTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void whatCameBeforeTheFirstReportDoesNotCount() {
    RemainingTime time = new RemainingTime();
    assertThat(time.after(0, 1000, 500 * SECOND)).isEqualTo("?");
    assertThat(time.after(100, 1000, 510 * SECOND)).isEqualTo("1:30 min");
  }

  @Test
  void rowsOfAnEarlierAttemptDoNotCount() {
    RemainingTime time = new RemainingTime();
    assertThat(time.after(900, 1000, 0)).isEqualTo("?");
    assertThat(time.after(910, 1000, 10 * SECOND)).isEqualTo("1:30 min");
    assertThat(time.after(1000, 1000, 20 * SECOND)).isEqualTo("0 s");
  }

  @Test
  void otherWorkStartsAnew() {
    RemainingTime time = new RemainingTime();
    time.after(5_000_000, 80_000_000, 0);
    time.after(80_000_000, 80_000_000, 10 * SECOND);
    assertThat(time.after(0, 1, 11 * SECOND)).isEqualTo("?");
    assertThat(time.after(0, 1, 12 * SECOND)).isEqualTo("?");
  }

  @Test
  void hours() {
    RemainingTime time = new RemainingTime();
    time.after(0, 1000, 0);
    assertThat(time.after(10, 1000, 100 * SECOND)).isEqualTo("2:45 h");
  }
}
