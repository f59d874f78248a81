package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.inference.Gates;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PredictionSchema;

/** A job that is interrupted resumes where it stopped, on the input as it was. */
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
        .hasMessageContaining("cut off");
    long committed = read(plan).count();
    assertThat(committed).isPositive().isLessThan(500);

    // The input changes; the resumed run must not read the change.
    append(input, plan, 500, 600);
    List<Integer> second = new ArrayList<>();
    ScoringJob.Result result = new ScoringJob(context(), plan, runs, second::add).run();
    assertThat(result.computed().slices()).isEqualTo(3);
    assertThat(second).doesNotContainAnyElementsOf(first).hasSize(3);
    Dataset<Row> scored = read(plan);
    assertThat(scored.count()).isEqualTo(500);
    assertThat(scored.select("id").distinct().count()).isEqualTo(500);
    assertThat(scored.select("run_id").distinct().count()).isEqualTo(1);
  }

  @Test
  void aRunThatWasCutOffBeforeItsEndWasRecordedIsCompletedAndNewRowsAreScored() {
    String input = folder.resolve("input").toString();
    TestSpark.writeDelta(input, "id BIGINT, text STRING", rows(0, 50));
    ScoringPlan plan = plan(input);
    RunsTable runs = new RunsTable(spark, folder.resolve("tables").toString());
    // The job commits all slices; its caller records the end, and was killed before that.
    ScoringJob.Result first = job(plan, runs).run();
    assertThat(runs.find(first.runId()).orElseThrow().<String>getAs("status")).isEqualTo("running");
    append(input, plan, 50, 60);

    ScoringJob.Result second = job(plan, runs).run();
    assertThat(second.runId()).isNotEqualTo(first.runId());
    assertThat(second.computed().rows()).isEqualTo(60);
    Row completed = runs.find(first.runId()).orElseThrow();
    assertThat(completed.<String>getAs("status")).isEqualTo("finished");
    assertThat(completed.<Long>getAs("rows")).isEqualTo(50);
    assertThat(read(plan).groupBy("run_id").count().collectAsList())
        .extracting(row -> row.getLong(1))
        .containsExactlyInAnyOrder(50L, 60L);
  }

  @Test
  void aRunThatGoesOnKeepsItsSlicesAndANewOneTellsOfItsRows() {
    String input = folder.resolve("input").toString();
    TestSpark.writeDelta(input, "id BIGINT, text STRING", rows(0, 80));
    ScoringPlan plan = plan(input);
    RunsTable runs = new RunsTable(spark, folder.resolve("tables").toString());
    List<Integer> first = new ArrayList<>();
    assertThatThrownBy(
            () ->
                new ScoringJob(context(), plan, runs, slice -> cutOffAfterTwo(first, slice)).run())
        .hasMessageContaining("cut off");
    long left = read(plan).count();

    ScoringJob.Result fresh = job(with(plan, 2, "fresh"), runs).run();
    assertThat(fresh.rows()).isEqualTo(80);
    assertThat(fresh.notes())
        .singleElement()
        .asString()
        .contains(" also holds " + left + " rows of run score-")
        .contains("DELETE FROM delta.`");
    append(input, plan, 80, 90);

    ScoringJob.Result resumed = job(with(plan, 7, null), runs).run();
    assertThat(resumed.slices()).isEqualTo(5);
    assertThat(resumed.notes())
        .anyMatch(note -> note.contains("--slices 7 was ignored: this run began with 5 slices"))
        .anyMatch(note -> note.contains("give the same command again to score it as it is now"));
    assertThat(read(plan).filter("run_id = '" + resumed.runId() + "'").select("id").distinct())
        .matches(ids -> ids.count() == 80);
    assertThat(read(plan).count()).isEqualTo(160);
  }

  @Test
  void anAttemptThatCommittedNothingDoesNotBindTheNext() {
    String input = folder.resolve("input").toString();
    TestSpark.writeDelta(input, "id BIGINT, text STRING", rows(0, 20));
    ScoringPlan plan = with(plan(input), 1, "mine");
    RunsTable runs = new RunsTable(spark, folder.resolve("tables").toString());
    runs.started(
        new RunsTable.Start(
            "mine",
            "score",
            new RunsTable.Request(plan.request(), plan.settings(1)),
            new RunsTable.Source(input, "an older version"),
            plan.output().name(),
            "m"));
    ScoringJob.Result result = job(plan, runs).run();
    assertThat(result.computed().rows()).isEqualTo(20);
    assertThat(runs.find("mine").orElseThrow().<String>getAs("input_version"))
        .isEqualTo(plan.input().open(spark).version());
  }

  private ScoringJob job(ScoringPlan plan, RunsTable runs) {
    return new ScoringJob(context(), plan, runs, ScoringJob.SliceListener.NONE);
  }

  private void append(String input, ScoringPlan plan, long from, long to) {
    spark
        .createDataFrame(rows(from, to), read(plan).select("id", "text").schema())
        .write()
        .format("delta")
        .mode("append")
        .save(input);
  }

  private static ScoringPlan with(ScoringPlan p, int slices, String runId) {
    return new ScoringPlan(
        p.texts(),
        p.model(),
        p.exits(),
        p.destination(),
        new ScoreRequest.Tasks(slices, p.tasks().partitions()),
        Optional.ofNullable(runId));
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
        TextInput.of(new InputTable(input, InputTable.Format.AUTO, Map.of()), "text"),
        ModelReference.to(
            model.toString(), 32, Precision.FP32, ComputeDevice.CPU, new Configuration()),
        new ScoreRequest.Exits(0.3f, Gates.ON),
        new ScoringPlan.Destination(
            TableLocation.parse(folder.resolve("scored").toString(), spark),
            new PredictionSchema("", PredictionSchema.Logits.DROP),
            List.of()),
        new ScoreRequest.Tasks(5, 0),
        Optional.empty());
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
