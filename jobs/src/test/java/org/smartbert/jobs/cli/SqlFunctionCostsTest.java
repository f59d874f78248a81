package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.smartbert.udfs.SqlFunctionCounts;

/** The network sees each row of a query that needs it once, and no other. */
class SqlFunctionCostsTest extends SqlFunctionFixture {
  @Test
  void equalCallsOfAQueryShareOneAnswer() {
    assertCounted(
        "SELECT smartbert(text).prediction, smartbert(text).confidence, smartbert(text).error"
            + " FROM texts WHERE smartbert(text).confidence > 0.4",
        ROWS);
    assertCounted(
        "SELECT smartbert(text).prediction AS p, count(*), avg(smartbert(text).confidence)"
            + " FROM texts GROUP BY smartbert(text).prediction HAVING count(*) > 1",
        ROWS);
    // A sorting looks at its rows beforehand to find its ranges.
    assertCounted(
        "SELECT id, smartbert(text).confidence AS c FROM texts ORDER BY c DESC, id LIMIT 20", ROWS);
    assertCounted(
        "SELECT id, smartbert(text).confidence AS c FROM texts ORDER BY c DESC, id", ROWS);
    assertCounted("SELECT id FROM texts ORDER BY smartbert(text).confidence, id", ROWS);
  }

  @Test
  void otherTextsOfAQueryAreOtherCalls() {
    assertCounted(
        "SELECT smartbert(text).confidence - smartbert(upper(text)).confidence FROM texts",
        2 * ROWS);
    assertCounted(
        "SELECT smartbert(text, 'w3').confidence - smartbert(text).confidence FROM texts",
        2 * ROWS);
  }

  @Test
  void whereOnlyItsRowsAreWantedOnlyTheseAreAsked() {
    assertCounted("SELECT smartbert(text).prediction FROM texts WHERE part = 1", ROWS / 3);
  }

  /** What a query does not need scored is not: conditions on other columns come first. */
  @Test
  void cheapConditionsComeFirst() {
    String label = "smartbert(text).prediction = 'LABEL_0'";
    assertCounted("SELECT id FROM texts WHERE id < 3 AND " + label, 3);
    assertCounted("SELECT id FROM texts WHERE " + label + " AND id < 3", 3);
    assertCounted("SELECT id FROM texts WHERE " + label + " AND part = 1 AND id < 30", 10);
    assertCounted(
        "SELECT id FROM (SELECT id, smartbert(text) AS s FROM texts) WHERE id < 3 AND s.tokens > 0",
        3);
    assertCounted(
        "WITH scored AS (SELECT *, smartbert(text).prediction AS p FROM texts) SELECT p, count(*)"
            + " FROM scored WHERE part = 2 GROUP BY p",
        ROWS / 3);
    assertCounted(
        "SELECT a.id, smartbert(a.text).prediction FROM texts a JOIN texts b ON a.id = b.id AND"
            + " b.id < 4 AND a.id < 4",
        4);
    assertCounted("SELECT count(*) FROM (SELECT id, smartbert(text) AS s FROM texts)", 0);
    // Either may be true: each row is needed.
    assertCounted("SELECT id FROM texts WHERE id < 3 OR " + label, ROWS);
    // What is drawn anew for each row keeps its place.
    assertCounted("SELECT id FROM texts WHERE rand() < 2 AND " + label, ROWS);
    assertCounted(
        "SELECT id FROM texts WHERE id IN (SELECT id FROM texts WHERE id < 5) AND " + label, 5);
  }

  @Test
  void aLimitComesBeforeTheNetwork() {
    long before = SqlFunctionCounts.rows(spark);
    assertThat(spark.sql("SELECT smartbert(text).tokens FROM texts LIMIT 7").collectAsList())
        .hasSize(7);
    assertThat(spark.sql("SELECT smartbert(text) FROM (SELECT * FROM texts LIMIT 5)").count())
        .isEqualTo(5);
    assertThat(SqlFunctionCounts.rows(spark) - before).isLessThan(ROWS / 2);
  }

  @Test
  void sourcesReadOnlyTheColumnsAndPartitionsThatAreNeeded() {
    String wide = folder.resolve("wide").toString();
    spark
        .table("texts")
        .selectExpr("*", "uuid() AS payload")
        .write()
        .partitionBy("part")
        .parquet(wide);
    spark.read().parquet(wide).createOrReplaceTempView("wide");
    String query = "SELECT id FROM wide WHERE id < 3 AND part = 1 AND smartbert(text).tokens > 0";
    String plan = spark.sql(query).queryExecution().executedPlan().toString();
    assertThat(plan)
        .containsPattern("PartitionFilters: \\[isnotnull\\(part#\\d+\\), \\(part#\\d+ = 1\\)");
    assertThat(plan).contains("PushedFilters: [IsNotNull(id), LessThan(id,3)]");
    assertThat(plan).contains("ReadSchema: struct<id:bigint,text:string>");
    assertCounted(query, 1);
    // Above a subquery or a view the same holds.
    spark.sql(
        "CREATE OR REPLACE TEMPORARY VIEW scored_wide AS SELECT *, smartbert(text) AS s FROM wide");
    String above =
        spark
            .sql("SELECT id, s.prediction FROM scored_wide WHERE part = 2 AND id > 290")
            .queryExecution()
            .executedPlan()
            .toString();
    assertThat(above).contains("GreaterThan(id,290)").contains("(part#").doesNotContain("payload");
  }

  @Test
  void theConditionOfAJoinEvaluatesEachRowOfEachSideOnce() {
    assertCounted(
        "SELECT count(*) FROM texts a JOIN texts b ON smartbert(a.text).tokens >"
            + " smartbert(b.text).tokens + 20",
        2 * ROWS);
  }
}
