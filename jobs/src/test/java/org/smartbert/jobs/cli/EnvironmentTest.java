package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.Checkout;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;

/** The product as a user starts it, in environments that lack what most have. */
@Tag("slow")
class EnvironmentTest {
  private static final String TEXT = "café 你好";

  @TempDir(cleanup = CleanupMode.NEVER)
  private static Path folder;

  private static Checkout checkout;

  @BeforeAll
  static void make() throws Exception {
    checkout = Checkout.in(folder.resolve("my clone"));
    // What is asked of an environment costs a second, and the rest of each process is its start.
    Files.writeString(
        checkout.root().resolve("conf/spark-defaults.conf"),
        """
        spark.driver.defaultJavaOptions -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m
        spark.ui.enabled false
        spark.sql.shuffle.partitions 2
        """,
        StandardOpenOption.APPEND);
    TinyModels.write(folder.resolve("model"), TinyModels.config(2, 32, 2), 3);
    Path input = Files.createDirectories(folder.resolve("in put"));
    Files.writeString(input.resolve("é.csv"), "text\n" + TEXT + "\n");
    Files.writeString(input.resolve("tr.csv"), "text\nTITLE İSTANBUL\n");
  }

  @Test
  void withoutALocaleAndAHomeTextsAndFileNamesAreWhatTheyAre() throws Exception {
    assertScores("no-locale-no-home", Map.of("HOME", ""));
    Checkout.Outcome sql =
        checkout.run(
            Map.of(),
            "--master",
            "local[1]",
            "sql",
            "--format",
            "csv",
            "-e",
            "SELECT hex('é') AS h, 'é' AS e");
    assertThat(sql.code()).as(sql.err()).isZero();
    assertThat(sql.out()).endsWith("C3A9,é\n");
  }

  @Test
  void inATurkishLocaleWithAHomeThatIsNoFolder() throws Exception {
    assertScores(
        "turkish-null-home",
        Map.of("HOME", "/dev/null", "JDK_JAVA_OPTIONS", "-Duser.language=tr -Duser.country=TR"));
  }

  private static void assertScores(String name, Map<String, String> environment) throws Exception {
    Path output = folder.resolve(name);
    Checkout.Outcome outcome =
        checkout.run(
            environment,
            "--master=local[1]",
            "score",
            "--input=" + folder.resolve("in put"),
            "--format=csv",
            "--text-column=text",
            "--model=" + folder.resolve("model"),
            "--output=" + output,
            "--tables-root=" + folder.resolve("tables"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("Scored 2 rows").doesNotContain("\u0131");
    assertThat(
            TestSpark.local()
                .read()
                .format("delta")
                .load(output.toString())
                .select("text")
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder(TEXT, "TITLE İSTANBUL");
  }
}
