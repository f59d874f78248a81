package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.TinyModels;
import org.smartbert.model.inference.Gates;

/** A plan counts exactly, measures both policies, and leaves nothing behind. */
class PlanTest extends ScoringFixture {
  private static final PlanRequest.Effort SHORT = new PlanRequest.Effort(2000, 1);

  /** Wide enough for the network to be most of a row's time. */
  private void writeWideModel() {
    model = TinyModels.write(folder.resolve("wide"), TinyModels.config(6, 256, 3), 4);
  }

  private SmartBertJobs jobs() {
    return SmartBertJobs.with(TestSpark.local()).tablesRoot(folder.resolve("tables").toString());
  }

  /** Every row exits at the first layer that is not skipped. */
  private ScoreRequest request(Path from) {
    return ScoreRequest.of(
            TextInput.of(InputTable.at(from.toString()), "text"),
            ModelSelection.of(model.toString()),
            output.toString())
        .with(new ScoreRequest.Exits(5, Gates.ON));
  }

  @Test
  void countsAreExactAndFullDepthCostsMore() {
    writeWideModel();
    ScoringForecast forecast = jobs().plan(PlanRequest.of(request(input)).with(SHORT));

    ScoringForecast.Input counted = forecast.input();
    assertThat(counted.rows()).isEqualTo(303);
    assertThat(counted.sampled()).isEqualTo(303);
    // 300 rows have 60 texts; null, the empty and the long one occur once.
    assertThat(counted.repeated()).isCloseTo(240 / 303.0, within(1e-9));
    assertThat(counted.errors()).isCloseTo(1 / 303.0, within(1e-9));
    assertThat(counted.tokens().limit()).isEqualTo(48);
    assertThat(counted.tokens().truncated()).isCloseTo(1 / 302.0, within(1e-9));
    assertThat(counted.tokens().lengths()).isEqualTo(new ScoringReport.Lengths(12, 21, 22));

    ScoringForecast.Division division = forecast.division();
    assertThat(division.slices()).isEqualTo(1);
    assertThat(division.slots()).isEqualTo(2);
    assertThat(division.coresPerTask()).isEqualTo(1);
    assertThat(division.readSpan()).isBetween(0.5, 1.0);
    assertThat(division.scoreSpan()).isBetween(0.5, 1.0);

    ScoringForecast.Policy full = forecast.fullDepth();
    ScoringForecast.Policy policy = forecast.requested();
    assertThat(full.layers()).isEqualTo(6);
    assertThat(full.cost()).isCloseTo(1, within(1e-6));
    assertThat(policy.layers()).isBetween(0.0, 1.0);
    assertThat(policy.cost()).isBetween(0.001, 0.9);
    assertThat(full.rowsPerSecond()).isPositive().isLessThan(policy.rowsPerSecond());
    assertThat(policy.coreHours()).isPositive().isLessThan(full.coreHours());
    assertThat(policy.seconds()).isPositive().isLessThan(full.seconds());
    assertThat(forecast.clusterCoreHours()).isGreaterThan(policy.coreHours());
    assertAllPositive(forecast.overheads());
    assertThat(forecast.notes()).isEmpty();
    assertThat(folder.resolve("tables")).doesNotExist();
    assertThat(output).doesNotExist();
  }

  private static void assertAllPositive(ScoringForecast.Overheads overheads) {
    assertThat(overheads.open()).isPositive();
    assertThat(overheads.countTasks()).isNotNegative();
    assertThat(overheads.load()).isPositive();
    assertThat(overheads.readTasks()).isPositive();
    assertThat(overheads.commit()).isPositive();
    assertThat(overheads.records()).isPositive();
  }

  @Test
  void anInputWithoutRowsIsRefused() {
    Path empty = folder.resolve("empty");
    TestSpark.writeDelta(empty.toString(), "text STRING", List.of());
    assertRefused(empty, "has no rows");
  }

  @Test
  void aSampleOfWhichNoRowCanBeScoredIsRefused() {
    Path nulls = folder.resolve("nulls");
    TestSpark.writeDelta(
        nulls.toString(), "text STRING", List.of(RowFactory.create((Object) null)));
    assertRefused(nulls, "None of the ");
  }

  @Test
  void columnsAndModelAreCheckedAsScoreDoes() {
    Path other = folder.resolve("other");
    TestSpark.writeDelta(other.toString(), "txt STRING", List.of(RowFactory.create("w1")));
    assertRefused(other, "The input has no column text; give --text-column one of: txt.");
    model = folder.resolve("nowhere");
    assertRefused(input, "nowhere");
  }

  private void assertRefused(Path from, String sentence) {
    assertThatThrownBy(() -> jobs().plan(PlanRequest.of(request(from)).with(SHORT)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(sentence);
    assertThat(folder.resolve("tables")).doesNotExist();
  }

  /** The bound is wide because other work may share the machine. */
  @Test
  @Tag("long")
  void aRunTakesAboutAsLongAsItsPlanSays() {
    writeWideModel();
    Path many = folder.resolve("many");
    TestSpark.local()
        .read()
        .format("delta")
        .load(input.toString())
        .crossJoin(TestSpark.local().range(200).withColumnRenamed("id", "copy"))
        .select(
            functions.col("id"),
            functions.concat_ws(" ", functions.col("text"), functions.col("copy")).as("text"))
        .repartition(4)
        .write()
        .format("delta")
        .save(many.toString());
    ScoreRequest request =
        request(many)
            .with(new ScoreRequest.Exits(0.5f, Gates.ON))
            .with(new ScoreRequest.Tasks(3, 0));
    // What a first run costs a JVM is in neither.
    jobs().score(request(input));

    ScoringForecast forecast =
        jobs().plan(PlanRequest.of(request).with(new PlanRequest.Effort(2000, 5)));
    long started = System.nanoTime();
    ScoreResult result = jobs().score(request);
    double seconds = (System.nanoTime() - started) / 1e9;
    assertThat(forecast.input().rows()).isEqualTo(result.totals().rows()).isEqualTo(60_600);
    assertThat(forecast.requested().seconds() / seconds).isBetween(0.33, 3.0);
    assertThat(forecast.requested().layers()).isCloseTo(result.totals().layers(), within(0.3));
    assertThat(forecast.requested().cost()).isCloseTo(result.totals().cost(), within(0.1));
  }
}
