package org.smartbert.jobs.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.io.InputTable.Format;
import org.smartbert.jobs.io.text.Malformed;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/** What is read, what is refused, and when two inputs are the same. */
class InputTableTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private final SparkSession spark = TestSpark.local();

  @Test
  void columnsAreTakenByName() throws IOException {
    write("in/a.csv", "id,text,label\n1,a,pos\n");
    write("in/b.csv", "id,label,text\n2,neg,b\n");
    write("in/c.csv", "");
    InputTable.Pinned opened = open("in", Format.CSV);
    assertThat(rows(opened)).containsExactlyInAnyOrder("[1,a,pos]", "[2,b,neg]");
    write("in/d.csv", "id,review,label\n3,c,pos\n");
    refused("in", Format.CSV).hasMessageContaining("d.csv has id, review, label");
  }

  @Test
  void malformedRowsAreRefusedLeftOutOrKept() throws IOException {
    write("in.csv", "id,text\n1,a\n2,good, really\n3\n4,d\n");
    refused("in.csv", Format.CSV)
        .hasMessageContaining("2 of 4 rows")
        .hasMessageContaining("more fields than the header (1, first in file:")
        .hasMessageContaining("in.csv, line 3");
    InputTable.Pinned dropped = open("in.csv", Map.of(), Malformed.DROP);
    assertThat(rows(dropped)).containsExactlyInAnyOrder("[1,a]", "[4,d]");
    assertThat(dropped.notes()).anyMatch(note -> note.contains("2 of 4 rows"));
    Dataset<Row> kept = open("in.csv", Map.of(), Malformed.KEEP).rows();
    assertThat(kept.count()).isEqualTo(4);
    assertThat(kept.filter("text IS NULL").select(TextColumns.MALFORMED).collectAsList())
        .extracting(row -> row.getString(0))
        .anyMatch(error -> error.endsWith("in.csv, line 3): 2,good, really"))
        .allMatch(error -> error.startsWith("Malformed: "));
  }

  @Test
  void theDialectIsFoundOut() throws IOException {
    List<Row> texts =
        List.of(
            RowFactory.create("1", "he said \"wow\", and left"),
            RowFactory.create("2", "ends with a \\"),
            RowFactory.create("3", "\\\"both\\\" \\, and \\\\ more"),
            RowFactory.create("4", "two\nlines \"x\""),
            RowFactory.create("5", "C:\\new"),
            RowFactory.create("6", ""),
            RowFactory.create("7", null),
            RowFactory.create("8", "\"quoted\""));
    Dataset<Row> written =
        spark.createDataFrame(texts, StructType.fromDDL("id STRING, text STRING"));
    String path = folder.resolve("spark.csv").toString();
    written.write().option("header", true).csv(path);
    InputTable.Pinned escaped = open("spark.csv", Format.AUTO);
    assertThat(escaped.rows().exceptAll(written).collectAsList()).isEmpty();
    assertThat(escaped.rows().count()).isEqualTo(8);
    assertThat(escaped.notes()).anyMatch(note -> note.contains("quotes inside escaped by \\"));
    written.write().option("header", true).option("escape", "\"").mode("overwrite").csv(path);
    InputTable.Pinned doubled = open("spark.csv", Format.AUTO);
    assertThat(doubled.rows().exceptAll(written).collectAsList()).isEmpty();
    assertThat(doubled.notes()).anyMatch(note -> note.contains("quotes inside doubled"));
  }

  @Test
  void lineEndsAndEncodings() throws IOException {
    write("crlf.csv", "id,label\n1,pos\r\n2,neg\r\n");
    assertThat(rows(open("crlf.csv", Format.CSV))).containsExactly("[1,pos]", "[2,neg]");
    write("mac.csv", "id,text\r1,a\r2,b\r");
    assertThat(rows(open("mac.csv", Format.CSV))).containsExactly("[1,a]", "[2,b]");
    byte[] latin = "id,text\n1,caf\u00e9\n2,b\n".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(folder.resolve("latin.csv"), latin);
    refused("latin.csv", Format.CSV).hasMessageContaining("give --encoding");
    assertThat(rows(open("latin.csv", Map.of("encoding", "windows-1252"), Malformed.FAIL)))
        .containsExactly("[1,caf\u00e9]", "[2,b]");
    Files.write(folder.resolve("wide.csv"), "\ufeffid,text\n".getBytes(StandardCharsets.UTF_16LE));
    refused("wide.csv", Format.CSV).hasMessageContaining("UTF-16");
  }

  @Test
  void jsonLinesAreParsedStrictly() throws IOException {
    write(
        "in.jsonl",
        "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\n\n{\"id\":3,\"text\":\"c\"}\n");
    refused("in.jsonl", Format.AUTO).hasMessageContaining("1 of 3 rows");
    assertThat(rows(open("in.jsonl", Map.of(), Malformed.DROP)))
        .containsExactlyInAnyOrder("[1,a]", "[3,c]");
    Files.write(
        folder.resolve("latin.jsonl"),
        "{\"text\":\"caf\u00e9\"}\n{\"text\":\"b\"}\n".getBytes(StandardCharsets.ISO_8859_1));
    refused("latin.jsonl", Format.AUTO).hasMessageContaining("--encoding");
    write(
        "twice.jsonl",
        "{\"text\":\"a\",\"text\":\"b\"}\n{\"text\":\"\\ud800\"}\n{\"text\":\"c\"}\n");
    refused("twice.jsonl", Format.AUTO)
        .hasMessageContaining("a key twice (1,")
        .hasMessageContaining("half of a surrogate pair (1,");
    write("array.json", "[{\"id\":1,\n\"text\":\"a\"}]\n");
    refused("array.json", Format.AUTO).hasMessageContaining("multiLine=true");
    assertThat(rows(open("array.json", Map.of("multiLine", "true"), Malformed.FAIL)))
        .containsExactly("[1,a]");
    write("several.json", "{\"id\":1,\n\"text\":\"a\"}\n{\"id\":2,\n\"text\":\"b\"}\n");
    assertThat(rows(open("several.json", Map.of("multiLine", "true"), Malformed.FAIL)))
        .containsExactly("[1,a]", "[2,b]");
    write("broken.json", "[{\"id\":1,\n\"text\":\"a\"}, {\n");
    assertThatThrownBy(() -> open("broken.json", Map.of("multiLine", "true"), Malformed.FAIL))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("broken.json");
  }

  @Test
  void partitionFoldersKeepTheirText() throws IOException {
    write("parts/label=01/a.csv", "text\na\n");
    write("parts/label=002/b.csv", "text\nb\n");
    assertThat(rows(open("parts", Format.CSV))).containsExactlyInAnyOrder("[a,01]", "[b,002]");
    for (String label : List.of("01", "002")) {
      Path part = folder.resolve("pq/label=" + label);
      spark.range(1).selectExpr("'x' AS text").write().parquet(part.toString());
    }
    assertThat(rows(open("pq", Format.PARQUET))).containsExactlyInAnyOrder("[x,01]", "[x,002]");
    assertThat(spark.conf().get("spark.sql.sources.partitionColumnTypeInference.enabled"))
        .isEqualTo("true");
  }

  @Test
  void parquetColumnsOfSomeFiles() throws IOException {
    String path = folder.resolve("pq").toString();
    spark.range(1).selectExpr("'a' AS text").write().parquet(path);
    spark.range(1).selectExpr("'b' AS text", "'x' AS extra").write().mode("append").parquet(path);
    assertThat(rows(open("pq", Format.PARQUET))).containsExactlyInAnyOrder("[a,null]", "[b,x]");
    write("pq/README.md", "no parquet");
    refused("pq", Format.PARQUET).hasMessageContaining("README.md");
  }

  @Test
  void brokenAndEmptyFiles() throws IOException {
    write("empty.csv", "");
    refused("empty.csv", Format.CSV).hasMessageContaining("are empty; give files with rows");
    write("header.csv", "id,text\n");
    refused("header.csv", Format.CSV).hasMessageContaining("no rows");
    Files.createDirectories(folder.resolve("nothing"));
    refused("nothing", Format.CSV).hasMessageContaining("nothing");
    refused("nothing", Format.PARQUET);
    write("false.csv.gz", "id,text\n1,a\n");
    refused("false.csv.gz", Format.AUTO).hasMessageContaining("false.csv.gz");
    Path whole = folder.resolve("whole.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      out.write("id,text\n".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 1000; i++) {
        out.write(
            (i + "," + Integer.toHexString(i * 7919) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    assertThat(open("whole.csv.gz", Format.AUTO).rows().count()).isEqualTo(1000);
    byte[] bytes = Files.readAllBytes(whole);
    Files.write(folder.resolve("cut.csv.gz"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    refused("cut.csv.gz", Format.AUTO).hasMessageContaining("cut.csv.gz cannot be read to its end");
    write("false.parquet", "no parquet");
    refused("false.parquet", Format.AUTO).hasMessageContaining("false.parquet");
  }

  @Test
  void pathsWithAnyLetters() throws IOException {
    for (String name :
        List.of("it's 100% caf\u00e9.csv", "[final] a.csv", "x{1}*?.csv", "#a+b.csv")) {
      write("dir é %20/" + name, "id,text\n1,a\n");
      assertThat(rows(open("dir é %20/" + name, Format.AUTO))).as(name).containsExactly("[1,a]");
    }
    write("two/a.csv", "id,text\n1,a\n");
    write("two/b.csv", "id,text\n2,b\n");
    assertThat(rows(open("two/*.csv", Format.AUTO))).hasSize(2);
    String list = folder.resolve("two/a.csv") + "," + folder.resolve("two/b.csv");
    assertThatThrownBy(() -> new InputTable(list, Format.CSV, Map.of()).open(spark))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is a list; give one path");
    write("a 12:30.csv", "id,text\n1,a\n");
    refused("a 12:30.csv", Format.AUTO).hasMessageContaining("colon");
    write("_hidden.csv", "id,text\n1,a\n");
    refused("_hidden.csv", Format.AUTO).hasMessageContaining("begins with _");
    spark
        .range(1)
        .selectExpr("'a' AS text")
        .write()
        .parquet(folder.resolve("p q%[1]'.parquet").toString());
    assertThat(rows(open("p q%[1]'.parquet", Format.AUTO))).containsExactly("[a]");
  }

  @Test
  void foldersThatSparkWouldReadInPart() throws IOException {
    write("deep/a.csv", "id,text\n1,a\n");
    write("deep/_tmp/x.csv", "no\n");
    write("deep/more/b.csv", "id,text\n2,b\n");
    refused("deep", Format.CSV).hasMessageContaining("the folder more");
    assertThat(
            open("deep", Map.of("recursiveFileLookup", "true"), Malformed.FAIL, Format.CSV)
                .rows()
                .count())
        .isEqualTo(2);
    write("beside/k=1/a.csv", "text\na\n");
    write("beside/b.csv", "text\nb\n");
    refused("beside", Format.CSV).hasMessageContaining("beside the partition folder k=1");
  }

  @Test
  void optionsWithoutEffectAreRefused() throws IOException {
    write("in.csv", "id,text\n1,a\n");
    assertThatThrownBy(() -> open("in.csv", Map.of("inferSchema", "true"), Malformed.FAIL))
        .hasMessageContaining("The option inferSchema has no effect");
    write("in.jsonl", "{\"text\":\"a\"}\n");
    assertThatThrownBy(() -> open("in.jsonl", Map.of("sep", ";"), Malformed.FAIL))
        .hasMessageContaining("The option sep has no effect");
    spark.range(1).write().format("delta").save(folder.resolve("delta").toString());
    assertThatThrownBy(() -> open("delta", Map.of("sep", ";"), Malformed.FAIL))
        .hasMessageContaining("The option sep");
    spark.range(1).write().format("delta").mode("append").save(folder.resolve("delta").toString());
    assertThat(open("delta", Map.of("versionAsOf", "0"), Malformed.FAIL).rows().count())
        .isEqualTo(1);
  }

  @Test
  void whatTellsInputsApart() throws IOException {
    write("in.txt", "text\n\"he said \"\"no\"\"\"\nplain\n");
    String csv = open("in.txt", Format.CSV).version();
    assertThat(open("in.txt", Format.CSV).version()).isEqualTo(csv);
    assertThat(open("in.txt", Format.TSV).version()).isNotEqualTo(csv);
    assertThat(open("in.txt", Map.of("nullValue", "plain"), Malformed.FAIL, Format.CSV).version())
        .isNotEqualTo(csv);

    spark.sql(
        "CREATE OR REPLACE TABLE identity_in (id BIGINT, text STRING) USING delta"
            + " TBLPROPERTIES (delta.enableDeletionVectors = true)");
    spark.sql("INSERT INTO identity_in VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    try {
      InputTable table = new InputTable("identity_in", Format.AUTO, Map.of());
      spark.sql("CREATE OR REPLACE VIEW identity_view AS SELECT id, text FROM identity_in");
      InputTable view = new InputTable("identity_view", Format.AUTO, Map.of());
      InputTable.Pinned before = table.open(spark);
      String viewBefore = view.open(spark).version();
      assertThat(view.open(spark).version()).isEqualTo(viewBefore);
      spark.sql("DELETE FROM identity_in WHERE id = 2");
      assertThat(table.open(spark).version()).isNotEqualTo(before.version());
      assertThat(before.rows().count()).isEqualTo(3);
      assertThat(table.openAt(spark, before.version()).version()).isEqualTo(before.version());
      assertThat(table.openAt(spark, before.version()).rows().count()).isEqualTo(3);
      String viewAfter = view.open(spark).version();
      assertThat(viewAfter).isNotEqualTo(viewBefore);
      spark.sql(
          "CREATE OR REPLACE VIEW identity_view AS SELECT id, upper(text) AS text FROM"
              + " identity_in");
      assertThat(view.open(spark).version()).isNotEqualTo(viewAfter);
      String last = table.open(spark).version();
      spark.sql("DROP TABLE identity_in");
      spark.sql("CREATE TABLE identity_in (id BIGINT, text STRING) USING delta");
      spark.sql("INSERT INTO identity_in VALUES (4, 'd')");
      spark.sql("DELETE FROM identity_in WHERE id = 5");
      spark.sql("INSERT INTO identity_in VALUES (6, 'f')");
      assertThat(table.open(spark).version()).startsWith("2@").isNotEqualTo(last);
    } finally {
      spark.sql("DROP VIEW IF EXISTS identity_view");
      spark.sql("DROP TABLE identity_in");
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private InputTable.Pinned open(String name, Format format) {
    return open(name, Map.of(), Malformed.FAIL, format);
  }

  private InputTable.Pinned open(String name, Map<String, String> options, Malformed malformed) {
    return open(name, options, malformed, Format.AUTO);
  }

  private InputTable.Pinned open(
      String name, Map<String, String> options, Malformed malformed, Format format) {
    return new InputTable(folder.resolve(name).toString(), format, options, Optional.of(malformed))
        .open(spark);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refused(String name, Format format) {
    return assertThatThrownBy(() -> open(name, format)).isInstanceOf(InvalidInputException.class);
  }

  private static List<String> rows(InputTable.Pinned input) {
    List<String> rows = new ArrayList<>();
    input.rows().collectAsList().forEach(row -> rows.add(row.toString()));
    return rows;
  }
}
