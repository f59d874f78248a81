package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.SharedFiles;
import org.smartbert.model.TinyModels;

/** Inputs made after public bug reports of other tools; each folder says which. */
@Tag("slow")
class ReaderCasesTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private Path model;

  @BeforeEach
  void writeModel() {
    model = TinyModels.write(folder.resolve("model"), TinyModels.config(2, 16, 2), 4);
  }

  @Test
  void filesWithTheColumnsInAnotherOrder() {
    Path in = SharedFiles.require("cases/02-csv-dir-order/in");
    scores(in, "--format=csv");
    assertThat(texts("id"))
        .contains("3|what a lovely story|positive", "4|what a dull story|negative");
    assertThat(texts("id")).hasSize(4);
  }

  @Test
  void fieldsTooManyAndTooFew() {
    Path in = SharedFiles.require("cases/03-csv-ragged/in.csv");
    scores(in);
    assertThat(read().filter("prediction IS NULL").select("error").collectAsList())
        .extracting(row -> row.getString(0))
        .anyMatch(error -> error.endsWith("line 3): 2,good, really good film,positive"))
        .anyMatch(error -> error.endsWith("line 4): 3,bad film"))
        .hasSize(2);
    assertThat(texts("id")).contains("1|a good film|positive", "4|fine, quoted|negative");
    refused("train", "2 of 4 rows", "--input=" + in, "--output=" + folder.resolve("trained"));
  }

  @Test
  void quotesEscapedByBackslash() {
    scores(SharedFiles.require("cases/04-csv-backslash/in.csv"));
    assertThat(texts("id"))
        .containsExactlyInAnyOrder(
            "1|he said \"wow\", and left|positive",
            "2|ends with a quote \"|negative",
            "3|plain|positive",
            "4|two\nlines \"x\"|negative");
  }

  @Test
  void bytesOfAnotherEncoding() throws IOException {
    Path in = SharedFiles.require("cases/06-csv-cp1252/in.csv");
    scores(in);
    assertThat(read().filter("error LIKE '%encoding%'").count()).isPositive();
    assertThat(read().filter("contains(text, '\ufffd')").count()).isZero();
    scores(in, "--encoding=windows-1252", "--run-id=cp1252");
    String whole = Files.readString(in, Charset.forName("windows-1252"));
    List<Row> rows = read().filter("run_id = 'cp1252'").select("text", "error").collectAsList();
    assertThat(rows).allMatch(row -> row.isNullAt(1) && whole.contains(row.getString(0)));
    refused("score", "The encoding latin-17 is unknown", "--input=" + in, "--encoding=latin-17");
  }

  @Test
  void columnsWithBlanksInTheirNames() throws IOException {
    Path in =
        Files.copy(SharedFiles.require("cases/08-column-names/in.csv"), folder.resolve("in.csv"));
    String text = Files.readString(in);
    Files.writeString(in, text.replace("review_id", "review id"));
    refused("score", "review id", "--input=" + in);
    Files.writeString(in, text);
    scores(in);
    assertThat(read().count()).isEqualTo(2);
  }

  @Test
  void oddPaths() throws IOException {
    Path cases = SharedFiles.require("cases/09-odd-paths");
    for (String name :
        List.of(
            "100% caf\u00e9 reviews.csv",
            "it's reviews.csv", "[final] reviews.csv", "br/[final]reviews.csv", "many/*.csv")) {
      scores(cases.resolve(name), "--run-id=" + name);
      assertThat(read().filter(org.apache.spark.sql.functions.col("run_id").equalTo(name)).count())
          .as(name)
          .isPositive();
    }
    refused("score", "colon", "--input=" + cases.resolve("reviews 12:30.csv"));
    refused("score", "begins with _", "--input=" + cases.resolve("_reviews.csv"));
    refused(
        "score",
        "is a list",
        "--input=" + cases.resolve("many/a.csv") + "," + cases.resolve("many/b.csv"));
  }

  @Test
  void columnsThatDifferByCase() {
    Path in = SharedFiles.require("cases/10-case-sensitive/in.jsonl");
    TestSpark.local().conf().set("spark.sql.caseSensitive", "true");
    try {
      scores(in, "--keep=id,text");
      assertThat(read().filter("tokens <= 7").count()).isZero();
    } finally {
      TestSpark.local().conf().unset("spark.sql.caseSensitive");
    }
  }

  @Test
  void compressedFiles() {
    Path cases = SharedFiles.require("cases/23-compressed");
    for (String name : List.of("ok.csv.gz", "in.csv.bz2", "in.csv.zst")) {
      scores(cases.resolve(name), "--run-id=" + name);
    }
    refused("score", "cut.csv.gz", "--input=" + cases.resolve("cut.csv.gz"));
    refused("score", "notgz.csv.gz", "--input=" + cases.resolve("notgz.csv.gz"));
  }

  @Test
  void columnsInCapitals() {
    scores(SharedFiles.require("cases/27-env/tr.csv"));
    assertThat(read().columns()).startsWith("ID", "TITLE", "text");
  }

  @Test
  void theSameFileInAnotherFormat() {
    Path in = SharedFiles.require("cases/29-rerun-format/in.txt");
    scores(in, "--format=csv");
    TestSpark.Outcome again = scores(in, "--format=tsv");
    assertThat(again.out()).doesNotContain("complete already");
    assertThat(read().select("text").collectAsList())
        .extracting(row -> row.getString(0))
        .contains("he said \"no\"", "\"he said \"\"no\"\"\"");
  }

  private List<String> texts(String order) {
    List<String> texts = new ArrayList<>();
    read()
        .filter("prediction IS NOT NULL")
        .orderBy(order)
        .select("id", "text", "label")
        .collectAsList()
        .forEach(row -> texts.add(row.mkString("|")));
    return texts;
  }

  private Dataset<Row> read() {
    return TestSpark.local().read().format("delta").load(folder.resolve("scored").toString());
  }

  private TestSpark.Outcome scores(Path input, String... options) {
    TestSpark.Outcome outcome = run("score", input(input, options));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  private void refused(String command, String sentence, String... options) {
    TestSpark.Outcome outcome = run(command, List.of(options));
    assertThat(outcome.err()).contains(sentence);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
  }

  private static List<String> input(Path input, String... options) {
    List<String> all = new ArrayList<>(List.of("--input=" + input));
    all.addAll(Arrays.asList(options));
    return all;
  }

  private TestSpark.Outcome run(String command, List<String> options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(command, "--model=" + model, "--tables-root=" + folder.resolve("tables")));
    if (command.equals("score")) {
      arguments.add("--output=" + folder.resolve("scored"));
    }
    arguments.addAll(options);
    return TestSpark.run(arguments.toArray(String[]::new));
  }
}
