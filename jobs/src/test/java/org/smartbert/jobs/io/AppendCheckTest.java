package org.smartbert.jobs.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.InvalidInputException;

/** What cannot be appended is refused with the column's name, before anything is written. */
class AppendCheckTest {
  private static final String MAPPING =
      "spark.databricks.delta.properties.defaults.columnMapping.mode";

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private final SparkSession spark = TestSpark.local();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "`review text` STRING | \"review text\" has a character",
        "a STRUCT<`b=c`: INT> | \"a.b=c\" has a character",
        "a ARRAY<STRUCT<`b;`: INT>> | \"a.b;\" has a character",
        "text STRING, Text STRING | \"Text\" would appear twice",
        "a INTERVAL DAY | \"a\" has the type INTERVAL DAY, which Delta does not store",
        "a ARRAY<VOID> | \"a.element\" has the type VOID",
      })
  void columnsThatDeltaDoesNotStoreAreNamed(String ddl, String part) {
    assertThatThrownBy(() -> check("new").require(StructType.fromDDL(ddl)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(part)
        .hasMessageContaining("--keep");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void columnMappingTakesNamesThatFilesDoNot() {
    StructType schema = StructType.fromDDL("`review text` STRING");
    spark.conf().set(MAPPING, "name");
    try {
      check("mapped").require(schema);
      new TableCreation(table("mapped"), spark).create(schema, java.util.Map.of());
    } finally {
      spark.conf().unset(MAPPING);
    }
    check("mapped").require(schema);
    table("mapped").append(spark.sql("SELECT 'a' AS `review text`"));
    assertThat(table("mapped").read(spark).first().getString(0)).isEqualTo("a");
  }

  @Test
  void aColumnThatMustNotBeNullAndIsNotWrittenIsADifference() {
    spark.sql(
        "CREATE TABLE delta.`"
            + folder.resolve("strict")
            + "` (a INT, b INT NOT NULL) USING delta");
    assertThatThrownBy(() -> check("strict").require(StructType.fromDDL("a INT")))
        .hasMessageContaining("b must not be null there and is not written here");
  }

  @Test
  void aFolderInsideOfATableIsRefused() {
    spark.range(1).write().format("delta").save(folder.resolve("outer").toString());
    assertThatThrownBy(() -> check("outer/inner").require(StructType.fromDDL("a INT")))
        .hasMessageContaining("lies in the folder of the Delta table");
  }

  @Test
  void whatCannotBeAPathIsSaid() {
    assertThatThrownBy(() -> TableLocation.parse("a:b/c", spark))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("\"a:b/c\" is not a path of a table");
    assertThatThrownBy(() -> TableLocation.parse("nofs://x/y", spark))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("No FileSystem for scheme \"nofs\"");
  }

  @Test
  void aPathWithABacktickIsQuoted() {
    TableLocation odd = table("it's `odd`");
    odd.append(spark.sql("SELECT 1 AS a"));
    assertThat(spark.sql("SELECT * FROM " + odd.sql()).first().getInt(0)).isEqualTo(1);
  }

  private AppendCheck check(String name) {
    return new AppendCheck(table(name), spark);
  }

  private TableLocation table(String name) {
    return TableLocation.parse(folder.resolve(name).toString(), spark);
  }
}
