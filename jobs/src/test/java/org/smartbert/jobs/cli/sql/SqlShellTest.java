package org.smartbert.jobs.cli.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.QuoteMode;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
  }

  @Test
  void whatIsNotClosedIsNotEnded() {
    for (String open : List.of("'open; SELECT 2", "`name; SELECT 2", "/* comment; SELECT 2")) {
      assertThat(Statements.split("SELECT 1; SELECT " + open))
          .as(open)
          .isEqualTo(new Statements.Split(List.of("SELECT 1"), "SELECT " + open));
    }
    assertThat(Statements.split("SELECT 1; /* open;").rest()).isEqualTo("/* open;");
  }

  /** Each of these was cut at the wrong place, or lost what it needs, by a splitter of our own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a--x\nFROM (SELECT 1 AS a)",
        "SELECT/**/1",
        "SELECT /* a /* nested; */ b; */ 1",
        "SELECT r'\\', 1",
        "SELECT R\"a;b\\\"",
        "SELECT 'it''s; fine'",
        "SELECT `a``;b` FROM (SELECT 1 AS `a``;b`)",
        "SELECT '\uD83D\uDE00;', 2",
        "BEGIN SELECT 1; SELECT 2; END",
        "BEGIN IF 1 = 1 THEN SELECT 1; ELSE SELECT 2; END IF; SELECT 3; END",
        "BEGIN DECLARE x INT DEFAULT CASE WHEN true THEN 1 ELSE 2 END; SELECT x; END",
        "BEGIN WHILE false DO SELECT 1; END WHILE; BEGIN SELECT 2; END; END",
        "BEGIN CASE 1 WHEN 1 THEN SELECT 1; END CASE; SELECT 2; END",
      })
  void statementsAreWhole(String statement) {
    String text = statement + ";\r\n;" + statement + " ; -- \uD83D\uDE00 ;\nSELECT 'last'";
    assertThat(Statements.split(text))
        .isEqualTo(new Statements.Split(List.of(statement, statement), "SELECT 'last'"));
    // Spark takes it as one.
    assertThat(spark.sql(statement).collectAsList()).hasSizeLessThan(2);
  }

  @Test
  void anyScriptIsSplitIntoItsStatements() {
    List<String> pieces =
        List.of(
            "SELECT ';'",
            "SELECT \"--;\"",
            "SELECT /* ; */ 1",
            "SELECT 1 -- ;\n+ 1",
            "SELECT r'\\'",
            "SELECT `;` FROM (SELECT 1 AS `;`)",
            "BEGIN SELECT 1; END",
            "SELECT '\\';'");
    List<String> between = List.of(";", " ; ", ";;", ";\n", "; -- ;\n", "; /* ; */ ");
    Random random = new Random(1);
    for (int script = 0; script < 500; script++) {
      List<String> statements = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        statements.add(pieces.get(random.nextInt(pieces.size())));
        text.append(statements.get(i)).append(between.get(random.nextInt(between.size())));
      }
      assertThat(Statements.split(text.toString()).all()).as(text.toString()).isEqualTo(statements);
    }
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstStatement() {
    assertThat(Statements.split("\uFEFFSELECT 1;").all()).containsExactly("SELECT 1");
  }

  @Test
  void csvChangesNoValue() throws IOException {
    List<String> values =
        new ArrayList<>(
            Arrays.asList(
                "  lead and trail  ",
                "",
                null,
                "\u0000nul",
                "a,b",
                "say \"x\"",
                "\"",
                "\r\n",
                "\n",
                "\t",
                "NULL",
                "\uD83D\uDE00",
                "'",
                "\\",
                " ",
                "#",
                "\uFEFF"));
    List<Row> rows = values.stream().map(text -> RowFactory.create("x", text)).toList();
    spark
        .createDataFrame(rows, StructType.fromDDL("a STRING, b STRING"))
        .createOrReplaceTempView("csv_values");
    String csv = print(ResultFormat.CSV, 1, "SELECT * FROM csv_values");
    // Read by the rule that is documented: what is quoted is a text, what is empty is NULL.
    CSVFormat documented =
        CSVFormat.RFC4180.builder().setNullString("").setQuoteMode(QuoteMode.ALL_NON_NULL).get();
    try (CSVParser parser = CSVParser.parse(csv, documented)) {
      List<CSVRecord> records = parser.getRecords();
      assertThat(records.get(0).toList()).containsExactly("a", "b");
      assertThat(records.stream().skip(1).map(record -> record.get(1)).toList()).isEqualTo(values);
    }
    assertThat(csv).contains("\"x\",\"\"\nx,\n");
  }

  @Test
  void formulasAreTexts() {
    String query =
        "SELECT * FROM VALUES ('=1+1', -1), ('@x', 2), ('-a', 3), ('a=b', 4), (NULL, 5) AS t(a, n)";
    assertThat(print(ResultFormat.CSV_SAFE, 1, query))
        .isEqualTo("a,n\n'=1+1,-1\n'@x,2\n'-a,3\na=b,4\n,5\n");
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

  /** A program asks, reads the answer, and asks again. */
  @Test
  void statementsThatArriveAreRunBeforeTheNextIsRead() throws IOException {
    StringWriter out = new StringWriter();
    List<String> printed = new ArrayList<>();
    Iterator<String> lines =
        List.of(
                "SELECT 1 AS one; SELECT",
                "'a;  ",
                "b' AS text -- ;",
                "; SELECT 2 AS two;",
                "SELECT",
                "3 AS n")
            .iterator();
    BufferedReader reader =
        new BufferedReader(Reader.nullReader()) {
          @Override
          public String readLine() {
            printed.add(out.toString());
            return lines.hasNext() ? lines.next() : null;
          }
        };
    new SqlShell(spark, ResultFormat.JSON, 10, new PrintWriter(out)).run(reader);
    String one = "{\"one\":1}\n";
    String text = one + "{\"text\":\"a;  \\nb\"}\n";
    String two = text + "{\"two\":2}\n";
    assertThat(printed).containsExactly("", one, one, one, two, two, two);
    assertThat(out.toString()).isEqualTo(two + "{\"n\":3}\n");
  }

  private String print(ResultFormat format, int rows, String sql) {
    StringWriter out = new StringWriter();
    new SqlShell(spark, format, rows, new PrintWriter(out)).run(sql);
    return out.toString();
  }
}
