package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;

/** The time of tasks is summed over those of one job group, as soon as its job has ended. */
class TaskTimeTest {
  private final SparkContext spark = TestSpark.local().sparkContext();

  @Test
  void tasksThatRunAtOnceAreSummed() {
    spark.setJobGroup("measured", "measured", false);
    try {
      TaskTime.Metered<Integer> metered = TaskTime.during(spark, () -> sleep(2, 400));
      assertThat(metered.value()).isEqualTo(2);
      assertThat(metered.taskSeconds()).isBetween(0.8, 5.0);
      assertThat(metered.taskSeconds()).isGreaterThan(1.3 * metered.seconds());
    } finally {
      spark.clearJobGroup();
    }
  }

  @Test
  void otherGroupsAreNotCounted() {
    spark.setJobGroup("measured", "measured", false);
    try (TaskTime time = TaskTime.start(spark)) {
      spark.setJobGroup("other", "other", false);
      sleep(1, 100);
      assertThat(time.seconds()).isZero();
    } finally {
      spark.clearJobGroup();
    }
  }

  private int sleep(int tasks, int millis) {
    List<Integer> rows = List.of(millis, millis).subList(0, tasks);
    return JavaSparkContext.fromSparkContext(spark)
        .parallelize(rows, tasks)
        .map(
            time -> {
              Thread.sleep(time);
              return 1;
            })
        .reduce(Integer::sum);
  }
}
