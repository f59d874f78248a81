package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.smartbert.model.TinyModels;

/** What a wrong call and a scorer that fails are told as. */
class SqlFunctionErrorsTest extends SqlFunctionFixture {
  /** Whatever Spark wraps the failure of a task in, its own sentence is what is told. */
  @Test
  void aScorerThatFailsIsToldInItsOwnSentence() {
    Path broken = folder.resolve("broken");
    // Each weight is a number, and what is computed from them is none.
    TinyModels.fill(TinyModels.write(broken, TinyModels.config(4, 32, 3), 4), 1e30f);
    spark.conf().set("spark.smartbert.sql.model", broken.toString());
    spark.sql(
        "CREATE OR REPLACE TEMPORARY VIEW failing AS SELECT id, part, smartbert(text) AS s FROM"
            + " texts WHERE text IS NOT NULL");
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW above AS SELECT id, s.prediction FROM failing");
    String target = folder.resolve("never").toString();
    for (String query :
        List.of(
            "SELECT * FROM failing",
            "SELECT count(*) FROM above WHERE prediction = 'LABEL_0'",
            "SELECT prediction, count(*) FROM above GROUP BY prediction ORDER BY 2",
            "SELECT a.id FROM above a JOIN above b ON a.prediction = b.prediction",
            "SELECT /*+ BROADCAST(a) */ t.id FROM texts t JOIN above a ON a.id = t.id AND"
                + " a.prediction < 'M'",
            "SELECT (SELECT max(prediction) FROM above)",
            "SELECT id FROM texts WHERE text IN (SELECT prediction FROM above)",
            "SELECT row_number() OVER (PARTITION BY prediction ORDER BY id) FROM above",
            "CREATE TABLE delta.`" + target + "` USING delta AS SELECT * FROM above",
            "INSERT OVERWRITE DIRECTORY '" + target + "' USING parquet SELECT * FROM above",
            "CACHE TABLE kept AS SELECT * FROM above",
            "SELECT smartbert(t).prediction FROM VALUES ('w1 w2'), ('w3') AS v(t)",
            "SELECT smartbert('w1').prediction",
            // Both sides: evaluated by row.
            "SELECT a.id FROM texts a JOIN texts b ON a.id = b.id AND smartbert(concat(a.text,"
                + " b.text)).prediction = 'LABEL_0'",
            "SELECT prediction FROM smartbert_score('texts', 'text')")) {
      Throwable failure = catchThrowable(() -> spark.sql(query).collectAsList());
      UserMessage message = UserMessage.of(failure);
      assertThat(message.sentence())
          .as(query)
          .startsWith("The model file:" + broken)
          .endsWith("train it again, or give another --precision.");
      assertThat(message.exitCode()).as(query).isEqualTo(UserErrors.WRONG_INPUT);
    }
  }

  @Test
  void wrongCallsGetOneSentence() {
    assertSentence("SELECT smartbert(id) FROM texts", "smartbert is given", "BIGINT", "STRING");
    assertSentence("SELECT smartbert() FROM texts", "smartbert takes a text", "0 arguments");
    assertSentence("SELECT * FROM smartbert_score('nowhere', 'text')", "no table or view nowhere");
    assertSentence(
        "SELECT * FROM smartbert_score('texts', 'txt')", "no column txt", "id, text, part");
    assertSentence("SELECT * FROM smartbert_score('texts', 'id')", "BIGINT");
    spark.conf().set("spark.smartbert.sql.gates", "ajar");
    assertSentence("SELECT smartbert(text) FROM texts", "gates is ajar", "on, off");
    spark.conf().set("spark.smartbert.sql.gates", "on");
    spark.conf().set("spark.smartbert.sql.entropy_threshold", "-1");
    assertSentence("SELECT smartbert(text) FROM texts", "entropy_threshold is -1");
    spark.conf().unset("spark.smartbert.sql.entropy_threshold");
    spark.conf().set("spark.smartbert.sql.precision", "int8");
    assertSentence("SELECT smartbert(text) FROM texts", "not quantised");
    spark.conf().unset("spark.smartbert.sql.precision");
    spark.conf().set("spark.smartbert.sql.model", folder.resolve("none").toString());
    assertSentence("SELECT smartbert(text) FROM texts", "none does not exist");
    spark.conf().unset("spark.smartbert.sql.model");
    assertSentence("SELECT smartbert(text) FROM texts", "SET spark.smartbert.sql.model");
  }

  private static void assertSentence(String query, String... parts) {
    assertThatThrownBy(() -> spark.sql(query).collectAsList())
        .satisfies(
            e -> {
              for (String part : parts) {
                assertThat(e.getMessage()).contains(part);
              }
            });
  }
}
