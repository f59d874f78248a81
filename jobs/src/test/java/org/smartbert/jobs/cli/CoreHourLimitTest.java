package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;

/** A run with a limit of core-hours stops between slices, and goes on as if it had not. */
class CoreHourLimitTest extends ScoringFixture {
  @Test
  void aTinyLimitStopsAfterOneSliceAndTheSameCommandEndsTheRun() {
    TestSpark.Outcome first = score("--max-core-hours=1e-9", "--slices=4");
    assertThat(first.err()).doesNotContain("smartbert:");
    assertThat(first.code()).isZero();
    long rows = read().count();
    assertThat(rows).isPositive().isLessThan(303);
    assertThat(first.out())
        .contains("Scored " + rows + " rows")
        .contains("Stopped by --max-core-hours after 0.0")
        .contains(303 - rows + " of 303 rows are left, in 3 of 4 slices;");
    assertThat(run().<String>getAs("status")).isEqualTo("running");
    assertThat(run().getJavaMap(run().fieldIndex("settings")))
        .containsEntry("max_core_hours", "1.0E-9");

    TestSpark.Outcome second = score("--max-core-hours=1e-9");
    assertThat(second.code()).isZero();
    assertThat(second.out()).contains("in 2 of 4 slices;");

    // Without the limit it is the same run.
    TestSpark.Outcome last = score();
    assertThat(last.code()).isZero();
    assertThat(last.out()).contains("of 303 in total").doesNotContain("Stopped");
    assertThat(read().count()).isEqualTo(303);
    assertThat(read().select("id").distinct().count()).isEqualTo(303);
    assertThat(read().select("run_id").distinct().count()).isEqualTo(1);
    assertThat(run().<String>getAs("status")).isEqualTo("finished");
    assertThat(run().<Long>getAs("rows")).isEqualTo(303);
    assertThat(score("--max-core-hours=1e-9").out()).contains("is already complete: 303 rows");
  }

  @Test
  void aLimitThatIsNotReachedChangesNothing() {
    TestSpark.Outcome outcome = score("--max-core-hours=100", "--slices=2");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("Scored 303 rows").doesNotContain("Stopped");
    assertThat(run().<String>getAs("status")).isEqualTo("finished");
  }

  @Test
  void aLimitOfNothingIsRefused() {
    TestSpark.Outcome outcome = score("--max-core-hours=0");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--max-core-hours is 0.0; it must be above 0.");
    assertThat(output).doesNotExist();
  }

  /** The only row of the table runs. */
  private Row run() {
    var runs =
        TestSpark.local().read().format("delta").load(folder.resolve("tables/runs").toString());
    assertThat(runs.count()).isEqualTo(1);
    return runs.first();
  }
}
