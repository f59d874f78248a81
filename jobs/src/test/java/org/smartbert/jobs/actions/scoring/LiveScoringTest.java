package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.actions.run.Progress;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** What is shown of a run that is scored. */
class LiveScoringTest {
  private final List<String> shown = new ArrayList<>();

  private final Progress progress =
      new Progress() {
        @Override
        public void show(long done, long total, String detail) {
          shown.add(done + "/" + total + " " + detail);
        }

        @Override
        public void note(String line) {
          shown.add(line);
        }

        @Override
        public void close() {}
      };

  /** Rows of earlier attempts count in the bar and in its text, and not in the speed. */
  @Test
  void aRunThatGoesOnShowsTheRowsOfAllAttempts() {
    try (LiveScoring live = new LiveScoring(progress, 1200)) {
      live.addDone(400);
      live.onExecutorMetricsUpdate(heartbeat());
    }
    assertThat(shown).singleElement().asString().startsWith("400/1200 400 of 1,200 rows  0 rows/s");
  }

  private static SparkListenerExecutorMetricsUpdate heartbeat() {
    List<Tuple4<Object, Object, Object, Seq<AccumulableInfo>>> noTasks = List.of();
    return new SparkListenerExecutorMetricsUpdate(
        "driver",
        CollectionConverters.asScala(noTasks).toList(),
        CollectionConverters.asScala(Map.of()));
  }
}
