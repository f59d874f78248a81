package org.smartbert.jobs.cli.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;

/** Statements are cut where SQL ends them, and rows are printed in each format. */
class SqlShellTest {
  private final SparkSession spark = TestSpark.local();

  @Test
  void semicolonsInQuotesAndCommentsEndNothing() {
    Statements.Split split =
        Statements.split(
            "SELECT ';', \"a;\\\";b\", `x;y` -- no; statement\n; /* ; */ SELECT /*+ hint */ 2;\n\n"
                + "-- the end;\nSELECT 3");
    assertThat(split.complete())
        .containsExactly("SELECT ';', \"a;\\\";b\", `x;y`", "SELECT /*+ hint */ 2");
    assertThat(split.rest()).isEqualTo("SELECT 3");
    assertThat(split.all()).hasSize(3);
    assertThat(Statements.split("SELECT 1; -- done").rest()).isEmpty();
    assertThat(Statements.split("SELECT 'open").rest()).isEqualTo("SELECT 'open");
  }

  @Test
  void tablesAreAlignedAndCut() {
    assertThat(
            print(
                ResultFormat.TABLE,
                2,
                "SELECT * FROM VALUES (1, 'a', NULL), (22, 'b\nb', array(1, 2)), (3, 'c', NULL) AS"
                    + " t(number, text, list)"))
        .isEqualTo(
            """
             number | text | list
            --------+------+--------
                  1 | a    | NULL
                 22 | b\\nb | [1, 2]
            ... and more; --rows shows more of them, --format csv or json all.
            """);
  }

  @Test
  void csvIsQuotedAndJsonIsALineARow() {
    String query =
        "SELECT * FROM VALUES (1, 'a,b', NULL), (2, 'say \"x\"', struct(1 AS n)) AS t(id, id, s)";
    assertThat(print(ResultFormat.CSV, 1, query))
        .isEqualTo("id,id,s\n1,\"a,b\",\n2,\"say \"\"x\"\"\",{1}\n");
    assertThat(print(ResultFormat.JSON, 1, query.replace("id, id", "id, text")))
        .isEqualTo(
            "{\"id\":1,\"text\":\"a,b\"}\n{\"id\":2,\"text\":\"say \\\"x\\\"\",\"s\":{\"n\":1}}\n");
  }

  @Test
  void theFirstStatementThatFailsEndsTheRun() {
    StringWriter out = new StringWriter();
    SqlShell shell = new SqlShell(spark, ResultFormat.CSV, 10, new PrintWriter(out));
    assertThatThrownBy(() -> shell.run("SELECT 1 AS one; SELECT nope; SELECT 2"))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("nope");
    assertThat(out.toString()).isEqualTo("one\n1\n");
  }

  private String print(ResultFormat format, int rows, String sql) {
    StringWriter out = new StringWriter();
    new SqlShell(spark, format, rows, new PrintWriter(out)).run(sql);
    return out.toString();
  }
}
