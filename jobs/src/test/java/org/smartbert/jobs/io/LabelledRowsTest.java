package org.smartbert.jobs.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.InvalidInputException;

/** What becomes of rows and labels. */
class LabelledRowsTest {
  private final LabelledRows labelled = new LabelledRows("text", null, "label");

  @Test
  void rowsAreCounted() {
    Dataset<Row> rows =
        TestSpark.local()
            .sql(
                "SELECT * FROM VALUES ('a', 'x'), ('b', NULL), (NULL, 'y'), (NULL, NULL), ('c',"
                    + " 'z') AS t(text, label)");
    LabelledRows.Counts counts = labelled.count(rows);
    assertThat(counts).isEqualTo(new LabelledRows.Counts(5, 2, 1));
    assertThat(counts.describe("in.csv"))
        .isEqualTo("in.csv: 5 rows read, 2 used, 2 skipped without a text, 1 without a label.");
    Dataset<Row> broken =
        TestSpark.local().sql("SELECT CAST(unhex('FF') AS STRING) AS text, 'x' AS label");
    assertThatThrownBy(() -> labelled.count(broken))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1 of 1 rows have texts that are not valid UTF-8");
    assertThat(labelled.unknownLabels(rows, List.of("x"))).isEqualTo("\"z\"");
    assertThat(labelled.distinctLabels(rows)).containsExactlyInAnyOrder("x", "z");
  }

  @Test
  void aTextIsNeverOnBothSidesOfASplit() {
    Dataset<Row> rows =
        TestSpark.local()
            .sql(
                "SELECT concat('text ', id % 100) AS text, 'x' AS label FROM range(1000) UNION ALL"
                    + " SELECT NULL, 'x'");
    UnlabelledRows unlabelled = new UnlabelledRows("text", null);
    assertThat(unlabelled.count(rows).describe("in.csv"))
        .isEqualTo("in.csv: 1,001 rows read, 1,000 used, 1 skipped without a text.");
    for (Dataset<Row> split :
        List.of(unlabelled.split(rows, 0.3, 42), labelled.split(rows, List.of("x"), 0.3, 42))) {
      assertThat(split.count()).isEqualTo(1000);
      assertThat(split.filter("validation").select("first").distinct().count()).isBetween(15L, 45L);
      assertThat(split.select("first", "validation").distinct().count()).isEqualTo(100);
    }
    assertThat(unlabelled.split(rows, 0.3, 42).filter("label = -1").count()).isEqualTo(1000);
    Dataset<Row> sample = unlabelled.sample(rows, 35, 42);
    assertThat(sample.count()).isEqualTo(35);
    // Ten rows have the same text.
    assertThat(sample.select("text").distinct().count()).isEqualTo(4);
    assertThat(sample.exceptAll(unlabelled.sample(rows.repartition(5), 35, 42)).count()).isZero();
    Dataset<Row> broken =
        TestSpark.local().sql("SELECT CAST(unhex('FF') AS STRING) AS text, 'x' AS label");
    assertThatThrownBy(() -> unlabelled.count(broken))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1 of 1 rows have texts that are not valid UTF-8");
  }

  @Test
  void labelsThatLookAlike() {
    assertThat(LabelledRows.lookAlikes(List.of("neg", "pos", "1", "10"))).isEmpty();
    assertThat(LabelledRows.lookAlikes(List.of("neg", "neg ", "POS", "pos", "01", "1", "other")))
        .hasValueSatisfying(
            warning ->
                assertThat(warning)
                    .contains("\"neg\", \"neg \"; \"POS\", \"pos\"; \"01\", \"1\"")
                    .doesNotContain("other"));
    assertThat(LabelledRows.lookAlikes(List.of("a\u00a0b", "a b"))).isPresent();
  }
}
