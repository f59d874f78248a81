package org.smartbert.jobs.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.io.InputTable.Format;
import org.smartbert.jobs.io.text.Malformed;
import org.smartbert.model.InvalidInputException;

/** Names of files and folders that are read, and folders that Spark would read in part. */
class InputPathsTest extends InputFixture {
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
}
