package org.smartbert.jobs.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.TimeZone;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Window;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.report.PredictionReport;
import org.smartbert.model.InvalidInputException;

/** Each view over seven rows whose answers are counted by hand. */
class AnalysisViewsTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  static Path folder;

  private static SparkSession spark;
  private static TableLocation table;

  /** Of a session of its own: the other tests' session keeps its settings and views. */
  @BeforeAll
  static void writePredictions() {
    spark = TestSpark.local().newSession();
    // Of a query over seven rows, compiling its code would be most of the time.
    spark.conf().set("spark.sql.codegen.wholeStage", false);
    spark.conf().set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    table = HandMadePredictions.write(folder, "predictions", "");
  }

  @Test
  void exitsAndTheirShares() {
    views(table, "truth", "");
    assertThat(rows("exit_histogram", "run_id, exit_layer"))
        .containsExactly(
            "r1,m1,1,2,0.5,0.5", "r1,m1,2,1,0.25,0.75", "r1,m1,3,1,0.25,1.0", "r2,m2,3,2,1.0,1.0");
  }

  @Test
  void skipsOfTheRowsThatReachedALayer() {
    views(table, "truth", "");
    assertThat(rows("skip_rate_by_layer", "run_id, layer"))
        .containsExactly(
            "r1,m1,1,4,1,0.25",
            "r1,m1,2,2,2,1.0",
            "r1,m1,3,1,0,0.0",
            "r2,m2,1,2,0,0.0",
            "r2,m2,2,2,0,0.0",
            "r2,m2,3,2,2,1.0");
  }

  @Test
  void costsByDayModelPredictionAndLength() {
    views(table, "truth", "");
    assertThat(rows("cost_by_day", "day"))
        .containsExactly("2026-03-01,4,100,400,0.25", "2026-03-02,2,120,200,0.6");
    assertThat(rows("cost_by_model", "model_version"))
        .containsExactly("m1,0.5,4,1.0,1.75,100,0.25", "m2,0.25,2,2.0,3.0,120,0.6");
    assertThat(rows("cost_by_prediction", "model_version, prediction"))
        .containsExactly(
            "m1,bad,1,2.0,50,0.5",
            "m1,good,3,0.6666666666666666,50,0.16666666666666666",
            "m2,good,2,2.0,120,0.6");
    assertThat(rows("cost_by_length", "model_version, tokens_to"))
        .containsExactly(
            "m1,16,3,0.6666666666666666,50,0.16666666666666666",
            "m1,32,1,2.0,50,0.5",
            "m2,16,2,2.0,120,0.6");
  }

  @Test
  void savingsConfidenceErrorsAndDrift() {
    views(table, "truth", "");
    assertThat(rows("flops_saved", "run_id"))
        .containsExactly("r1,m1,4,400,100,300,0.75,4.0", "r2,m2,2,200,120,80,0.4," + 200.0 / 120);
    assertThat(rows("confidence_by_exit_layer", "run_id, exit_layer"))
        .containsExactly(
            "r1,m1,1,2,0.875,0.75,0.25",
            "r1,m1,2,1,0.75,0.75,0.5",
            "r1,m1,3,1,0.5,0.5,0.5",
            "r2,m2,3,2,0.75,0.75,0.25");
    assertThat(rows("error_rows", "run_id").get(0)).startsWith("r1,m1,The column text is null.,1,");
    List<Row> drift = spark.table("drift").orderBy("scored_at").collectAsList();
    assertThat(drift).hasSize(2);
    assertThat(drift.get(0).isNullAt(drift.get(0).fieldIndex("exit_layer_change"))).isTrue();
    assertThat(drift.get(1).<Double>getAs("exit_layer_change")).isEqualTo(1.25);
    assertThat(drift.get(1).<Double>getAs("confidence_change")).isEqualTo(0.0, within(1e-12));
    assertThat(drift.get(1).<Double>getAs("cost_change")).isEqualTo(0.35, within(1e-12));
  }

  @Test
  void accuracyWhereLabelsExist() {
    views(table, "truth", "");
    // r1: three labels, two of them met; r2: one label, missed.
    assertThat(rows("accuracy_by_cost", "model_version"))
        .containsExactly("m1,0.5,3," + 2.0 / 3 + ",1.0," + 80.0 / 300, "m2,0.25,1,0.0,2.0,0.6");
    spark.sql("DROP VIEW accuracy_by_cost");
    views(table, null, "");
    assertThat(spark.catalog().tableExists("accuracy_by_cost")).isFalse();
  }

  @Test
  void prefixesAreKnown() {
    views(HandMadePredictions.write(folder, "prefixed", "sb_"), "truth", "sb_");
    assertThat(rows("exit_histogram", "run_id, exit_layer")).hasSize(4);
  }

  /** Quotes, backticks and blanks in every name that the views take in. */
  @Test
  void namesMayHaveAnyCharacter() {
    String name = "it's`100%#back\\slash\"";
    TableLocation odd = HandMadePredictions.write(folder, name + " table", name + "_");
    Dataset<Row> renamed = odd.read(spark).withColumnRenamed("truth", name);
    // The rows' own columns may have any name too.
    for (String own : List.of("position", "skipped", "layer", "rows", "run", "run_id")) {
      renamed = renamed.withColumn(own, functions.lit(true));
    }
    String path = folder.resolve("renamed " + name).toString();
    renamed.write().format("delta").option("delta.columnMapping.mode", "name").save(path);
    views(TableLocation.parse(path, spark), name, name + "_");
    assertThat(rows("exit_histogram", "run_id, exit_layer")).hasSize(4);
    assertThat(rows("accuracy_by_cost", "model_version")).hasSize(2);
    assertThat(rows("drift", "run_id")).hasSize(2);
    assertThat(rows("skip_rate_by_layer", "run_id, layer")).hasSize(6);
    assertThat(
            new PredictionReport(spark, TableLocation.parse(path, spark), name + "_")
                .html(folder.toString(), null, 2))
        .contains("Skipped layers");
  }

  /** Spark warns of a window over all rows, because one task would hold them. */
  @Test
  void noWindowIsOverAllRows() {
    views(table, "truth", "");
    for (AnalysisViews.View view :
        new AnalysisViews(table, null, "truth", "", AnalysisViews.Life.SESSION).views()) {
      LogicalPlan plan = spark.table(view.name()).queryExecution().optimizedPlan();
      assertThat(plan.exists(node -> node instanceof Window w && w.partitionSpec().isEmpty()))
          .as(view.name())
          .isFalse();
    }
  }

  @Test
  void daysAreTheSessionsTimeZones() {
    spark.conf().set("spark.sql.session.timeZone", "Pacific/Kiritimati");
    try {
      views(table, "truth", "");
      // Written as 10:00 in this JVM's zone; 14 hours ahead of UTC is the next day at the latest.
      assertThat(rows("cost_by_day", "day").get(0)).doesNotStartWith("2026-02");
      spark.conf().set("spark.sql.session.timeZone", "UTC");
      List<String> utc = rows("cost_by_day", "day");
      TimeZone before = TimeZone.getDefault();
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Pago_Pago"));
      try {
        assertThat(rows("cost_by_day", "day")).isEqualTo(utc);
      } finally {
        TimeZone.setDefault(before);
      }
    } finally {
      spark.conf().unset("spark.sql.session.timeZone");
    }
  }

  @Test
  void viewsOverNothingAreRefused() {
    assertThatThrownBy(
            () -> views(TableLocation.parse(folder.resolve("none").toString(), spark), null, ""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none are not a Delta table; give the --output of a score run.");
    assertThatThrownBy(() -> views(table, "stars", ""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("The predictions have no column stars; give --label-column one of");
    assertThatThrownBy(() -> views(table, null, "x_"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has no column x_run_id");
  }

  private static void views(TableLocation predictions, String label, String prefix) {
    List<AnalysisViews.View> made =
        new AnalysisViews(predictions, null, label, prefix, AnalysisViews.Life.SESSION)
            .create(spark);
    assertThat(made).hasSize(label == null ? 10 : 11).allMatch(v -> v.comment().length() > 20);
  }

  private static List<String> rows(String view, String order) {
    return spark.sql("SELECT * FROM " + view + " ORDER BY " + order).collectAsList().stream()
        .map(row -> row.mkString(","))
        .toList();
  }
}
