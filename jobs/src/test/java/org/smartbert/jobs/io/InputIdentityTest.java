package org.smartbert.jobs.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.io.InputTable.Format;
import org.smartbert.jobs.io.text.Malformed;

/** When two inputs are the same. */
class InputIdentityTest extends InputFixture {
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
}
