package org.smartbert.jobs.actions.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.FaultyFileSystem;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.ProgressDisplay;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.TinyModels;

/**
 * Failures are recorded and reported in one sentence; the first cause is the one that is reported.
 */
class ScoringFailuresTest extends ScoringFixture {
  private final SparkSession spark = TestSpark.local();

  @AfterEach
  void mend() {
    FaultyFileSystem.failWith(null);
  }

  @Test
  void aTaskThatFailsIsARunThatFailed() {
    ScoringJob job =
        new ScoringJob(
            context(),
            plan(output.toString()),
            new RunsTable(spark, tables()),
            slice -> deleteDataFiles(input));
    Throwable failure = catchThrowable(job::run);
    assertThat(failure)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("The input cannot be read");
    // Java code does not see it coming: it is checked, and Scala does not declare it.
    assertThat(causes(failure)).anyMatch(cause -> cause.getClass() == SparkException.class);
    assertThat(run("status").getString(0)).isEqualTo("failed");
  }

  @Test
  void theFirstFailureIsToldWhereItCannotBeRecorded() {
    ScoringPlan plan = plan(output.toString());
    RunsTable runs = new RunsTable(spark, tables());
    ScoringJob job =
        new ScoringJob(
            context(),
            plan,
            runs,
            slice -> {
              delete(folder.resolve("tables/runs"));
              throw new IllegalStateException("the first failure");
            });
    assertThatThrownBy(job::run)
        .isInstanceOf(FailedRunException.class)
        .hasMessageContaining("the first failure")
        .cause()
        .hasMessage("the first failure")
        .satisfies(cause -> assertThat(cause.getSuppressed()).hasSize(1));
  }

  @Test
  void aFullDiskIsSaidAndTheSameCommandGoesOnOnceThereIsRoom() {
    FaultyFileSystem.register(spark.sparkContext().hadoopConfiguration());
    ScoringPlan plan = plan("faulty:" + output);
    RunsTable runs = new RunsTable(spark, tables());
    ScoringJob.SliceListener fill = slice -> FaultyFileSystem.failWith("No space left on device");
    assertThatThrownBy(() -> new ScoringJob(context(), plan, runs, fill).run())
        .isInstanceOf(FailedRunException.class)
        .hasMessageContaining("There is no space left where the table faulty:" + output)
        .hasMessageContaining("give the same command again");
    assertThat(run("status").getString(0)).isEqualTo("failed");

    FaultyFileSystem.failWith(null);
    ScoringJob.Result result =
        new ScoringJob(context(), plan, runs, ScoringJob.SliceListener.NONE).run();
    assertThat(result.computed().slices()).isEqualTo(result.slices() - 1);
    assertThat(read().count()).isEqualTo(303);
    assertThat(read().select("id").distinct().count()).isEqualTo(303);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsRefusedBeforeARunIsRecorded() {
    FaultyFileSystem.register(spark.sparkContext().hadoopConfiguration());
    FaultyFileSystem.failWith("Permission denied");
    TestSpark.Outcome outcome = command("faulty:" + output, tables());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("The table faulty:" + output + " cannot be written (Permission denied);");
    assertThat(spark.read().format("delta").load(tables() + "/runs").count()).isZero();
  }

  @Test
  void tablesThatCannotBeWrittenAreRefusedBeforeAnythingIsScored() throws IOException {
    Files.writeString(folder.resolve("file"), "no folder");
    TestSpark.Outcome outcome = command(output.toString(), folder.resolve("file").toString());
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains("The table " + folder.resolve("file/runs"));
    assertThat(output).doesNotExist();
  }

  @Test
  void aModelThatComputesNoNumbersIsRefused() throws IOException {
    TinyModels.fill(model, Float.NaN);
    TestSpark.Outcome outcome = score();
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains("NaN").contains(model.toString());
    assertThat(outcome.err()).doesNotContain("CHECK").doesNotContain("Exception");

    // Each weight is a number, and what is computed from them is none.
    TinyModels.fill(model, 1e30f);
    assertComputesNoNumbers(score());
    assertComputesNoNumbers(
        TestSpark.run(
            "evaluate",
            "--input=" + labelled(),
            "--models=" + model,
            "--timing-rows=0",
            "--tables-root=" + tables()));
  }

  private void assertComputesNoNumbers(TestSpark.Outcome outcome) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("computes probabilities that are not numbers (NaN)")
        .contains(model.toString())
        .doesNotContain("Exception");
  }

  private Path labelled() throws IOException {
    return Files.writeString(
        folder.resolve("labelled.tsv"), "text\tlabel\nw1 w2\tLABEL_0\nw3\tLABEL_1\n");
  }

  @Test
  void namesThatDeltaDoesNotTakeLeaveNoRun() {
    Path spaced = folder.resolve("spaced.parquet");
    spark.sql("SELECT 'w1' AS text, 1 AS `the stars`").write().parquet(spaced.toString());
    TestSpark.Outcome outcome = scoreFrom(spaced.toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("The column \"the stars\" has a character")
        .contains("--keep");
    assertThat(folder.resolve("tables")).doesNotExist();
    assertThat(scoreFrom(spaced.toString(), "--keep=text").code()).isZero();
  }

  private JobContext context() {
    return new JobContext(spark, tables(), ProgressDisplay.NONE);
  }

  private TestSpark.Outcome command(String to, String tables) {
    return TestSpark.run(
        "score",
        "--input=" + input,
        "--model=" + model,
        "--output=" + to,
        "--tables-root=" + tables);
  }

  private String tables() {
    return folder.resolve("tables").toString();
  }

  private ScoringPlan plan(String location) {
    return new ScoreAction(context())
        .plan(
            ScoreRequest.of(
                    TextInput.of(InputTable.at(input.toString()), "text"),
                    ModelSelection.of(model.toString()),
                    location)
                .with(new ScoreRequest.Tasks(3, 0)));
  }

  private Row run(String column) {
    List<Row> rows =
        spark.read().format("delta").load(tables() + "/runs").select(column).collectAsList();
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static List<Throwable> causes(Throwable failure) {
    return Stream.iterate(
            Optional.of(failure), Optional::isPresent, e -> e.map(Throwable::getCause))
        .map(Optional::orElseThrow)
        .toList();
  }

  private static void deleteDataFiles(Path table) {
    try (Stream<Path> paths = Files.list(table)) {
      for (Path path : paths.filter(p -> p.toString().endsWith(".parquet")).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
