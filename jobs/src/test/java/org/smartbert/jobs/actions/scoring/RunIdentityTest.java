package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.inference.Gates;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PredictionSchema;

/** What makes a run the same run: each row is scored once, and none is taken for scored. */
class RunIdentityTest extends ScoringFixture {
  private final SparkSession spark = TestSpark.local();

  /** A stream has runs of another kind. */
  @Override
  public TestSpark.Outcome scoreFrom(String from, String... options) {
    return super.scoreFrom(
        from,
        Stream.concat(Stream.of("--incremental=off"), Stream.of(options)).toArray(String[]::new));
  }

  @Test
  void aRunKeepsItsSlices() {
    assertThat(score("--slices=3").code()).isZero();
    TestSpark.Outcome again = score("--slices=2");
    assertThat(again.code()).isZero();
    assertThat(again.err()).contains("--slices 2 was ignored: this run began with 3 slices");
    assertThat(read().count()).isEqualTo(303);
    Row run = runs().get(0);
    assertThat(run.<String>getAs("status")).isEqualTo("finished");
    assertThat(run.getJavaMap(run.fieldIndex("settings"))).containsEntry("slices", "3");
    assertThat(run.<Integer>getAs("task_slots")).isEqualTo(2);
    assertThat(run.<Integer>getAs("executors")).isEqualTo(1);
  }

  @Test
  void aNameStandsForOneWork() {
    String name = "it's 100% \\ #1";
    assertThat(score("--run-id=" + name, "--prefix=p_").code()).isZero();
    TestSpark.Outcome shown = show(name);
    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("303, of them 1 with an error").contains("exit layer");
    assertThat(show("no'such").err()).contains("has no run no'such;");

    TestSpark.Outcome other = score("--run-id=" + name, "--prefix=p_", "--entropy-threshold=0.9");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("belongs to other settings or another version of the input");
    append();
    TestSpark.Outcome grown = score("--run-id=" + name, "--prefix=p_");
    assertThat(grown.code()).isEqualTo(2);
    assertThat(grown.err()).contains("and nothing was scored; give another --run-id");
    assertThat(read().count()).isEqualTo(303);
    // The same where the runs table is another one: the predictions table holds the name.
    TestSpark.Outcome elsewhere =
        TestSpark.run(
            "score",
            "--input=" + input,
            "--model=" + model,
            "--output=" + output,
            "--prefix=p_",
            "--run-id=" + name,
            "--tables-root=" + folder.resolve("elsewhere"));
    assertThat(elsewhere.code()).isEqualTo(2);
    assertThat(elsewhere.err()).contains("holds rows of it");
  }

  @Test
  void deletedRowsAreNotCalledComplete() {
    assertThat(score().code()).isZero();
    spark.sql("DELETE FROM delta.`" + output + "` WHERE id < 10");
    TestSpark.Outcome again = score();
    assertThat(again.code()).isZero();
    assertThat(again.err())
        .contains("The input has 303 rows, and of this run 293 are in the table");
  }

  /** All of them are scored again, which a user of a table that grows may not expect. */
  @Test
  void rowsOfAnotherVersionOfTheInputAreToldWhenTheyAreScoredAgain() {
    String told = "predicted for another version of " + input;
    assertThat(score().err()).doesNotContain(told);
    assertThat(score().err()).doesNotContain(told);
    append();
    // Predictions of another model are none of this one's.
    Path first = model;
    model = TinyModels.write(folder.resolve("other"), CONFIG, 5);
    assertThat(score().err()).doesNotContain(told);
    model = first;
    TestSpark.Outcome grown = score();
    assertThat(grown.code()).isZero();
    assertThat(grown.err())
        .contains(output + " already holds 303 rows that the model version ")
        .contains(told)
        .contains("give another --output, with a Delta table or a folder as --input.");
    assertThat(read().count()).isEqualTo(303 + 308 + 308);
    assertThat(score().err()).doesNotContain(told);
    append();
    assertThat(score().err()).contains(" already holds 611 rows ");
    // The table runs tells of a table that is gone.
    append();
    FileUtil.fullyDelete(output.toFile());
    DeltaLog.clearCache();
    assertThat(score().err()).doesNotContain(told);
    assertThat(read().count()).isEqualTo(318);
  }

  private void append() {
    spark
        .read()
        .format("delta")
        .load(input.toString())
        .limit(5)
        .write()
        .format("delta")
        .mode("append")
        .save(input.toString());
  }

  @Test
  void theSameBytesUnderAnotherTimeOrNameAreTheSameInput() throws IOException {
    Path file = folder.resolve("texts.tsv");
    Files.writeString(file, "text\nw1 w2\nw3\n");
    assertThat(scoreFrom(file.toString()).code()).isZero();
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    TestSpark.Outcome again = scoreFrom(file.toString());
    assertThat(again.out()).contains("is already complete: 2 rows");
    // However it is named, it is the same input.
    Path relative = Path.of("").toAbsolutePath().relativize(file);
    assertThat(scoreFrom(relative.toString(), "--format=tsv").out()).contains("already complete");
    Files.writeString(file, "text\nw1 w2\nw4\n");
    assertThat(scoreFrom(file.toString()).out()).contains("Scored 2 rows");
  }

  @Test
  void theSameRunAtOnceScoresEachRowOnce() {
    ScoreRequest request = request(output).with(new ScoreRequest.Tasks(4, 1));
    List<ScoreResult> results = atOnce(request, request);
    assertThat(read().count()).isEqualTo(303);
    assertThat(read().select("id").distinct().count()).isEqualTo(303);
    assertThat(results).allMatch(result -> result.totals().rows() == 303);
    assertThat(runs()).hasSize(1).first().matches(r -> r.getAs("status").equals("finished"));
  }

  @Test
  void twoRunsIntoANewTableAtOnceBothWrite() {
    atOnce(request(output).withRunId("one"), request(output).withRunId("two"));
    assertThat(read().groupBy("run_id").count().collectAsList())
        .extracting(row -> row.getLong(1))
        .containsExactly(303L, 303L);
    assertThat(runs()).hasSize(2).allMatch(run -> run.getAs("status").equals("finished"));
    assertThat(constraints()).hasSize(3);
  }

  @Test
  void whateverChangesHowRowsAreReadMakesAnotherRun() {
    InputTable csv = new InputTable("a.txt", InputTable.Format.CSV, Map.of("b", "1", "a", "2"));
    String request = plan(csv, 1).request();
    assertThat(plan(csv, 7).request()).isEqualTo(request);
    Map<String, String> otherOrder = new java.util.LinkedHashMap<>();
    otherOrder.put("b", "1");
    otherOrder.put("a", "2");
    assertThat(plan(new InputTable("a.txt", InputTable.Format.CSV, otherOrder), 1).request())
        .isEqualTo(request);
    assertThat(plan(new InputTable("a.txt", InputTable.Format.TSV, csv.options()), 1).request())
        .isNotEqualTo(request);
    assertThat(plan(new InputTable("a.txt", csv.format(), Map.of("a", "2")), 1).request())
        .isNotEqualTo(request);
  }

  private ScoringPlan plan(InputTable table, int slices) {
    return new ScoringPlan(
        TextInput.of(table, "text"),
        ModelReference.to(
            model.toString(), 32, Precision.FP32, ComputeDevice.CPU, new Configuration()),
        new ScoreRequest.Exits(0.3f, Gates.ON),
        new ScoringPlan.Destination(
            new TableLocation("/out", TableLocation.Kind.PATH),
            new PredictionSchema("", PredictionSchema.Logits.DROP),
            List.of()),
        new ScoreRequest.Tasks(slices, slices),
        Optional.empty());
  }

  private List<ScoreResult> atOnce(ScoreRequest... requests) {
    List<CompletableFuture<ScoreResult>> running =
        Stream.of(requests)
            .map(
                request ->
                    CompletableFuture.supplyAsync(
                        () ->
                            SmartBertJobs.with(spark)
                                .tablesRoot(folder.resolve("tables").toString())
                                .score(request)))
            .toList();
    return running.stream().map(CompletableFuture::join).toList();
  }

  private ScoreRequest request(Path to) {
    return ScoreRequest.of(
        TextInput.of(InputTable.at(input.toString()), "text"),
        ModelSelection.of(model.toString()),
        to.toString());
  }

  private TestSpark.Outcome show(String run) {
    return TestSpark.run("show", run, "--tables-root=" + folder.resolve("tables"));
  }

  private List<Row> runs() {
    return spark
        .read()
        .format("delta")
        .load(folder.resolve("tables/runs").toString())
        .collectAsList();
  }

  private List<String> constraints() {
    Row detail = spark.sql("DESCRIBE DETAIL delta.`" + output + "`").select("properties").first();
    return detail.<String, String>getJavaMap(0).keySet().stream()
        .filter(key -> key.startsWith("delta.constraints."))
        .toList();
  }
}
