package org.smartbert.jobs.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.io.InputTable.Format;
import org.smartbert.jobs.io.text.Malformed;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/** What is read from files, and what is refused. */
class InputTableTest extends InputFixture {
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
}
