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
    assertThat(texts(parquet.toString(), "--format=parquet")).containsExactly("w1", "w2");
    TestSpark.Outcome unknown = score(parquet.toString());
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("is not known from its name; give --format parquet");
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
