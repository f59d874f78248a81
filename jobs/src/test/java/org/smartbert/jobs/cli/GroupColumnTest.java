package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.model.TinyModels;

/** A validation split by group: sentences, each with three phrases of it. */
class GroupColumnTest {
  private static final int SENTENCES = 100;

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private String input;

  @BeforeEach
  void writeInput() {
    List<Row> rows = new ArrayList<>();
    for (int s = 0; s < SENTENCES; s++) {
      String sentence = "w1 w" + s % 50 + " " + s + " w3 w4 w5";
      for (int words = 3; words <= 6; words++) {
        String text = String.join(" ", List.of(sentence.split(" ", -1)).subList(0, words));
        rows.add(RowFactory.create(text, s % 2, "s" + s));
      }
    }
    rows.add(RowFactory.create(null, 1, null));
    input = folder.resolve("input").toString();
    TestSpark.writeDelta(input, "text STRING, label INT, sentence STRING", rows);
    TinyModels.write(folder.resolve("backbone"), TinyModels.config(2, 16, 2), 3);
  }

  @Test
  void aGroupIsOnOneSide() {
    Dataset<Row> source = TestSpark.local().read().format("delta").load(input);
    LabelledRows labelled = new LabelledRows("text", null, "label");
    Dataset<Row> rows = labelled.splitByGroup(source, List.of("0", "1"), "sentence", 0.3, 42);
    Set<String> train = sentences(rows.filter("NOT validation"));
    Set<String> held = sentences(rows.filter("validation"));
    assertThat(train).doesNotContainAnyElementsOf(held);
    assertThat(train.size() + held.size()).isEqualTo(SENTENCES);
    assertThat(held).hasSizeBetween(15, 45);
    assertThat(rows.count()).isEqualTo(4 * SENTENCES);
  }

  /** The numbers of the sentences that the texts come from. */
  private static Set<String> sentences(Dataset<Row> rows) {
    Set<String> sentences = new TreeSet<>();
    rows.collectAsList().forEach(row -> sentences.add(row.getString(0).split(" ", -1)[2]));
    return sentences;
  }

  @Test
  void aSplitByTextWarnsAndOneByGroupDoesNot() {
    TestSpark.Outcome byText = train("by-text");
    assertThat(byText.code()).as(byText.err()).isZero();
    assertThat(byText.err())
        .containsPattern("Warning: of \\d+ validation rows 0 have the text of a training row and")
        .contains("hold out whole groups with --group-column");
    TestSpark.Outcome byGroup = train("by-group", "--group-column=sentence");
    assertThat(byGroup.code()).as(byGroup.err()).isZero();
    assertThat(byGroup.err()).doesNotContain("Warning: of");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    TestSpark.Outcome both = train("a", "--group-column=sentence", "--validation=" + input);
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("--group-column divides the input");
    TestSpark.Outcome missing = train("b", "--group-column=nowhere");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("nowhere");
    TestSpark.local()
        .read()
        .format("delta")
        .load(input)
        .selectExpr("text", "label", "CASE WHEN label = 1 THEN sentence END AS sentence")
        .createOrReplaceTempView("without_groups");
    TestSpark.Outcome without =
        TestSpark.run(
            "train",
            "--input=without_groups",
            "--model=" + folder.resolve("backbone"),
            "--output=" + folder.resolve("c"),
            "--group-column=sentence",
            "--tables-root=" + folder.resolve("tables"));
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err())
        .contains(
            "The column sentence is null in 200 rows; --group-column needs the group of every row");
  }

  private TestSpark.Outcome train(String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--input=" + input,
                "--model=" + folder.resolve("backbone"),
                "--output=" + folder.resolve(output),
                "--stage-one-epochs=1",
                "--soft-epochs=0",
                "--stage-two-epochs=1",
                "--max-steps=2",
                "--floor=off",
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(List.of(more));
    return TestSpark.run(arguments.toArray(String[]::new));
  }
}
