package org.smartbert.jobs.actions.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.run.CancellableJobs;
import org.smartbert.model.FailedRunException;

/** What goes wrong with a word count is told; a cancelled command ends. */
class FloorAttemptTest {
  private static final String DONE = "The model m is complete";

  private static Dataset<Row> rows(String validation) {
    return TestSpark.local()
        .createDataFrame(
            List.of(
                RowFactory.create("yes", null, 0, false),
                RowFactory.create("no", null, 1, false),
                RowFactory.create("yes", null, 0, true)),
            StructType.fromDDL("first STRING, second STRING, label INT, validation BOOLEAN"))
        .selectExpr("first", "second", "label", validation + " AS validation");
  }

  @Test
  void aFailureIsASentence() {
    FloorAttempt broken =
        FloorAttempt.of(
            DONE,
            () ->
                WordCountFloor.heldOut(
                    rows("if(label = 1, raise_error('broken row'), validation)"), 2));
    assertThat(broken.floor()).isEmpty();
    assertThat(broken.note().orElseThrow())
        .startsWith("Warning: the word count (--floor) could not be fitted: ")
        .contains("broken row")
        .endsWith(". The model m is complete; --floor off leaves the word count out.")
        .doesNotContain("\n");
    FloorAttempt without =
        FloorAttempt.of(
            DONE,
            () -> {
              throw new NoClassDefFoundError("org/apache/spark/ml/Pipeline");
            });
    assertThat(without.note().orElseThrow()).contains("org/apache/spark/ml/Pipeline");
  }

  @Test
  void aSuccessIsWithoutOne() {
    FloorAttempt attempt =
        FloorAttempt.of(DONE, () -> WordCountFloor.heldOut(rows("validation"), 2));
    assertThat(attempt.note()).isEmpty();
    assertThat(attempt.floor().orElseThrow().confusion())
        .isDeepEqualTo(new double[][] {{1, 0}, {0, 0}});
  }

  @Test
  void aCancellationEndsTheCommand() {
    SparkContext spark = TestSpark.local().sparkContext();
    Dataset<Row> rows = rows("validation");
    CancellableJobs jobs =
        CancellableJobs.begin(spark, "floor-test", "floor", CancellableJobs.Interrupt.NOTHING);
    try {
      spark.cancelJobGroupAndFutureJobs("floor-test", "somebody wants it");
      assertThatThrownBy(() -> FloorAttempt.of(DONE, () -> WordCountFloor.heldOut(rows, 2)))
          .isInstanceOf(FailedRunException.class)
          .hasMessage(
              "The model m is complete, and the command was stopped while it fitted a word count.");
    } finally {
      jobs.close();
    }
  }
}
