package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.ProgressDisplay;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.inference.Gates;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PredictionSchema;

/** A job that is cut off goes on where it stopped, on the input as it was. */
class ScoringJobResumeTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private final SparkSession spark = TestSpark.local();

  @Test
  void whatIsCommittedIsNeitherComputedNorWrittenAgain() {
    String input = folder.resolve("input").toString();
    TestSpark.writeDelta(input, "id BIGINT, text STRING", rows(0, 500));
    ScoringPlan plan = plan(input);
    RunsTable runs = new RunsTable(spark, folder.resolve("tables").toString());
    List<Integer> first = new ArrayList<>();
    assertThatThrownBy(
            () ->
                new ScoringJob(context(), plan, runs, slice -> cutOffAfterTwo(first, slice)).run())
        .hasMessage("cut off");
    long committed = read(plan).count();
    assertThat(committed).isPositive().isLessThan(500);

    // The input moves on; the run that goes on must not see it.
    spark
        .createDataFrame(rows(500, 600), read(plan).select("id", "text").schema())
        .write()
        .format("delta")
        .mode("append")
        .save(input);
    List<Integer> second = new ArrayList<>();
    ScoringJob.Result result = new ScoringJob(context(), plan, runs, second::add).run();
    assertThat(result.computed()).isEqualTo(3);
    assertThat(second).doesNotContainAnyElementsOf(first).hasSize(3);
    Dataset<Row> scored = read(plan);
    assertThat(scored.count()).isEqualTo(500);
    assertThat(scored.select("id").distinct().count()).isEqualTo(500);
    assertThat(scored.select("run_id").distinct().count()).isEqualTo(1);
  }

  private static void cutOffAfterTwo(List<Integer> done, int slice) {
    done.add(slice);
    if (done.size() == 2) {
      throw new IllegalStateException("cut off");
    }
  }

  private JobContext context() {
    return new JobContext(spark, folder.resolve("tables").toString(), ProgressDisplay.NONE);
  }

  private ScoringPlan plan(String input) {
    Path model = TinyModels.write(folder.resolve("model"), TinyModels.config(2, 16, 2), 1);
    return new ScoringPlan(
        new InputTable(input, InputTable.Format.AUTO, Map.of()),
        "text",
        null,
        ModelReference.to(
            model.toString(), 32, Precision.FP32, ComputeDevice.CPU, new Configuration()),
        0.3f,
        Gates.ON,
        new PredictionSchema("", PredictionSchema.Logits.DROP),
        List.of(),
        TableLocation.parse(folder.resolve("scored").toString(), spark),
        5,
        0,
        null);
  }

  private Dataset<Row> read(ScoringPlan plan) {
    return plan.output().read(spark);
  }

  private static List<Row> rows(long from, long to) {
    List<Row> rows = new ArrayList<>();
    for (long id = from; id < to; id++) {
      rows.add(RowFactory.create(id, "w" + id % 60 + " w" + id % 7 + " " + id));
    }
    return rows;
  }
}
