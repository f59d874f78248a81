package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;

/** Every kind of input that the README names, read by the command score. */
class InputFormatsTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private Path model;

  @BeforeEach
  void writeModel() {
    model = TinyModels.write(folder.resolve("model"), TinyModels.config(2, 16, 2), 4);
  }

  @Test
  void csvWithQuotesAndLineBreaksInTexts() throws IOException {
    Path csv = folder.resolve("in.csv");
    Files.writeString(csv, "id,text\n1,\"w1, w2\"\n2,\"w3 \"\"w4\"\"\nw5\"\n");
    assertThat(texts(csv.toString())).containsExactly("w1, w2", "w3 \"w4\"\nw5");
  }

  @Test
  void tsvKeepsItsQuotes() throws IOException {
    Path tsv = folder.resolve("in.tsv");
    Files.writeString(tsv, "id\ttext\n1\tw1 \"w2\n2\t\"w3\"\n");
    assertThat(texts(tsv.toString())).containsExactly("w1 \"w2", "\"w3\"");
  }

  @Test
  void jsonLines() throws IOException {
    Path json = folder.resolve("in.jsonl");
    Files.writeString(json, "{\"id\":1,\"text\":\"w1\"}\n{\"id\":2,\"text\":\"w2\"}\n");
    assertThat(texts(json.toString())).containsExactly("w1", "w2");
  }

  @Test
  void aJsonArrayByAnOptionOfSparksReader() throws IOException {
    Path json = folder.resolve("in.json");
    Files.writeString(json, "[{\"id\":1,\"text\":\"w1\"},\n {\"id\":2,\"text\":\"w2\"}]\n");
    assertThat(texts(json.toString(), "--option=multiLine=true")).containsExactly("w1", "w2");
  }

  @Test
  void parquetWhoseNameDoesNotSaySo() {
    Path parquet = folder.resolve("folder");
    rows().write().parquet(parquet.toString());
    assertThat(texts(parquet.toString())).containsExactly("w1", "w2");
    Path other = folder.resolve("other");
    rows().selectExpr("text").write().text(other.toString());
    assertWrong(other, "cannot be detected from its name or the names of its files; give --format");
  }

  @Test
  void aFolderWithPartitionsIsWhatItsFilesAre() {
    Path parquet = folder.resolve("by-id");
    rows().write().partitionBy("id").parquet(parquet.toString());
    assertThat(texts(parquet.toString())).containsExactlyInAnyOrder("w1", "w2");
    rows().selectExpr("text").write().mode("append").json(parquet + "/id=1");
    assertWrong(parquet, "holds files of several formats (parquet, json); keep files of one in it");
  }

  /** Its files may hold rows that were deleted. */
  @Test
  void aTableThatLostItsLogIsNoFolderOfFiles() throws IOException {
    Path table = folder.resolve("lost");
    rows().write().parquet(table.toString());
    Files.createDirectory(table.resolve("_delta_log"));
    assertWrong(table, "cannot be detected from its name or the names of its files; give --format");
  }

  private void assertWrong(Path input, String part) {
    TestSpark.Outcome outcome = score(input.toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains(part);
  }

  @Test
  void aTableOfTheCatalog() {
    rows().write().format("delta").mode("overwrite").saveAsTable("reviews_in");
    try {
      assertThat(texts("reviews_in")).containsExactly("w1", "w2");
    } finally {
      TestSpark.local().sql("DROP TABLE reviews_in");
    }
  }

  @Test
  void malformedRecordsAreWrittenWithTheReason() throws IOException {
    Path csv = folder.resolve("in.csv");
    Files.writeString(csv, "id,text\n1,w1\n2,w2, w3\n3,\"w4\n4,w5\n");
    TestSpark.Outcome outcome = score(csv.toString(), "--keep=id");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Dataset<Row> scored =
        TestSpark.local().read().format("delta").load(folder.resolve("scored").toString());
    assertThat(scored.columns()).startsWith("id", "prediction");
    assertThat(scored.filter("prediction IS NOT NULL").count()).isEqualTo(2);
    List<Row> errors = scored.filter("prediction IS NULL").select("id", "error").collectAsList();
    assertThat(errors)
        .extracting(row -> row.getString(1))
        .anyMatch(e -> e.startsWith("Malformed: more fields") && e.endsWith("3): 2,w2, w3"))
        .anyMatch(e -> e.startsWith("Malformed: a quote") && e.endsWith("4): 3,\"w4"));
  }

  @Test
  void valuesPassUnchanged() {
    Dataset<Row> rows =
        TestSpark.local()
            .sql(
                "SELECT 'w1' AS text, DATE'1500-02-28' AS day, DATE'1582-10-10' AS gap,"
                    + " TIMESTAMP'1500-03-01 10:00:00.123456' AS moment,"
                    + " TIMESTAMP_NTZ'1582-10-10 00:00:00' AS local, 1.10BD AS amount,"
                    + " CAST(unhex('FF41') AS STRING) AS odd, unhex('00FF') AS bytes,"
                    + " named_struct('a_b', 'x', 'days', array(DATE'0001-01-01')) AS nested,"
                    + " map('k', 'v') AS pairs, map(CAST(unhex('FE') AS STRING),"
                    + " array(CAST(unhex('FF41') AS STRING))) AS odd_pairs");
    rows.write().parquet(folder.resolve("in.parquet").toString());
    TestSpark.Outcome outcome = score(folder.resolve("in.parquet").toString());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    Dataset<Row> scored =
        TestSpark.local().read().format("delta").load(folder.resolve("scored").toString());
    String[] values = {
      "CAST(day AS STRING)",
      "CAST(gap AS STRING)",
      "CAST(moment AS STRING)",
      "CAST(local AS STRING)",
      "CAST(amount AS STRING)",
      "hex(odd)",
      "hex(bytes)",
      "to_json(nested)",
      "to_json(pairs)",
      "hex(map_keys(odd_pairs)[0])",
      "hex(map_values(odd_pairs)[0][0])"
    };
    assertThat(scored.selectExpr(values).first()).isEqualTo(rows.selectExpr(values).first());
    assertThat(scored.schema().apply("day").dataType().sql()).isEqualTo("DATE");
  }

  @Test
  void columnsByTheirNames() throws IOException {
    Path json = folder.resolve("in.jsonl");
    Files.writeString(
        json, "{\"id\":1,\"a.b\":\"w1 w2\",\"a`c\":\"w3\",\"s\":{\"t\":\"w4 w5 w6\"}}\n");
    for (String column : List.of("a.b", "a`c", "s.t", "S.T")) {
      TestSpark.Outcome outcome =
          score(json.toString(), "--text-column=" + column, "--keep=id", "--run-id=" + column);
      assertThat(outcome.code()).as(column + ": " + outcome.err()).isZero();
    }
    assertThat(
            TestSpark.local()
                .read()
                .format("delta")
                .load(folder.resolve("scored").toString())
                .select("run_id", "tokens")
                .collectAsList())
        .extracting(row -> row.getString(0) + " " + row.getInt(1))
        .containsExactlyInAnyOrder("a.b 4", "a`c 3", "s.t 5", "S.T 5");
  }

  private Dataset<Row> rows() {
    return TestSpark.local()
        .createDataFrame(
            List.of(RowFactory.create(1, "w1"), RowFactory.create(2, "w2")),
            StructType.fromDDL("id INT, text STRING"));
  }

  private List<String> texts(String input, String... options) {
    TestSpark.Outcome outcome = score(input, options);
    assertThat(outcome.err()).doesNotContain("smartbert:");
    assertThat(outcome.code()).isZero();
    Dataset<Row> scored =
        TestSpark.local().read().format("delta").load(folder.resolve("scored").toString());
    assertThat(scored.filter("prediction IS NULL").count()).isZero();
    List<String> texts = new ArrayList<>();
    scored.orderBy("id").select("text").collectAsList().forEach(r -> texts.add(r.getString(0)));
    return texts;
  }

  private TestSpark.Outcome score(String input, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "score",
                "--input=" + input,
                "--model=" + model,
                "--output=" + folder.resolve("scored"),
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(Arrays.asList(options));
    return TestSpark.run(arguments.toArray(String[]::new));
  }
}
