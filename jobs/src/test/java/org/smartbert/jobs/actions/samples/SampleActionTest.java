package org.smartbert.jobs.actions.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.backbones.JarDownload;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.ProgressDisplay;
import org.smartbert.jobs.samples.HandMadeJars;
import org.smartbert.jobs.samples.JarCoordinates;
import org.smartbert.jobs.samples.LanguageToolExamples;
import org.smartbert.jobs.samples.Part;
import org.smartbert.jobs.samples.Sample;
import org.smartbert.jobs.samples.WordNetGlosses;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/** Samples of hand-made jars; a script stands for Maven. */
class SampleActionTest {
  @TempDir private Path folder;

  private static SampleAction action(JarDownload jars) {
    return new SampleAction(
        new JobContext(TestSpark.local(), "unused", ProgressDisplay.NONE), jars);
  }

  private static List<Row> rows(SampleResult result, Part part) {
    return TestSpark.local().read().parquet(result.path(part)).orderBy("id").collectAsList();
  }

  private void requireNothingBut(String... names) throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString())).containsOnly(names);
    }
  }

  @Test
  void partsAreParquetThatTrainAndEvaluateTake() throws IOException {
    Path jar = HandMadeJars.glosses(folder, 400);
    Sample sample = new WordNetGlosses(HandMadeJars.coordinates(jar));
    Path output = folder.resolve("deep/glosses");
    SampleResult result =
        action(HandMadeJars.copying(jar)).run(new SampleRequest(sample, output.toString()));

    assertThat(result.output()).isEqualTo(output.toString());
    assertThat(result.rows().classes()).isEqualTo(2);
    assertThat(result.rows().all()).isEqualTo(400);
    Set<String> texts = new HashSet<>();
    for (Part part : Part.values()) {
      List<Row> rows = rows(result, part);
      assertThat(rows).hasSize(result.rows().parts().get(part)).isNotEmpty();
      for (Row row : rows) {
        assertThat(texts.add(row.getString(1))).as("once").isTrue();
        assertThat(Part.of(row.getString(1))).isEqualTo(part);
        assertThat(row.getString(2))
            .isEqualTo(row.getString(1).startsWith("a furry") ? "animal" : "plant");
        assertThat(row.getString(1)).doesNotContain("\"");
      }
    }
    assertThat(result.floor().accuracy().value()).isEqualTo(1);
    assertThat(result.floor().rows()).isEqualTo(result.rows().parts().get(Part.TEST).longValue());
    assertThat(output.resolve("README.md"))
        .content()
        .contains(
            "WordNet 3.1 license",
            "org.example:hand-made:1.0",
            "400 of 2 classes",
            "| train.parquet | " + result.rows().parts().get(Part.TRAIN) + " rows |",
            "| naive Bayes | 100.0 % (100.0 to 100.0) of the test rows |",
            "--input " + output + "/train.parquet --validation " + output + "/validation.parquet");
    assertThat(output.resolve("NOTICE")).content().contains("Copyright 2006 by Princeton");
    requireNothingBut("hand-made-1.0.jar", "maven.sh", "runs", "deep");
    try (Stream<Path> beside = Files.list(output.getParent())) {
      assertThat(beside.map(Path::getFileName).map(Path::toString)).containsOnly("glosses");
    }
  }

  @Test
  void allSentencesOfARuleAreInOnePart() throws IOException {
    StringBuilder rules = new StringBuilder("<rules>");
    for (int i = 0; i < 100; i++) {
      rules.append(
          "<rule id=\"R%1$d\"><example correction=\"x\">It are %1$d.</example><example>It is %1$d.</example></rule>"
              .formatted(i));
    }
    rules.append(
        "<rule id=\"TWICE\"><example correction=\"y\">It is 7.</example><example>It is"
            + " 8.</example></rule></rules>");
    Path jar = HandMadeJars.jar(folder, HandMadeJars.RULES, rules.toString());
    Sample sample = new LanguageToolExamples(HandMadeJars.coordinates(jar));
    SampleResult result =
        action(HandMadeJars.copying(jar))
            .run(new SampleRequest(sample, folder.resolve("sentences").toString()));

    for (Part part : Part.values()) {
      assertThat(rows(result, part))
          .isNotEmpty()
          .allSatisfy(row -> assertThat(Part.of(row.getString(3))).isEqualTo(part));
    }
    // "It is 7." stands with both labels, "It is 8." twice with one.
    assertThat(result.rows().all()).isEqualTo(199);
    assertThat(result.rows().leftOut()).extracting(Sample.LeftOut::count).containsExactly(1, 2);
    assertThat(folder.resolve("sentences/README.md"))
        .content()
        .contains("2 examples were left out because their text stands with several labels");
  }

  @Test
  void anOutputThatHoldsSomethingIsRefusedBeforeTheDownload() throws IOException {
    Path jar = HandMadeJars.glosses(folder, 40);
    Sample sample = new WordNetGlosses(HandMadeJars.coordinates(jar));
    SampleAction action = action(HandMadeJars.copying(jar));
    Path full = Files.createDirectory(folder.resolve("full"));
    Files.writeString(full.resolve("mine.txt"), "mine");
    Path file = Files.writeString(folder.resolve("file"), "mine");
    assertThatThrownBy(() -> action.run(new SampleRequest(sample, full.toString())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(full.toString(), "not empty", "--output");
    assertThatThrownBy(() -> action.run(new SampleRequest(sample, file.toString())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(file.toString(), "is a file");
    assertThat(HandMadeJars.runs(jar)).doesNotExist();
    assertThat(full.resolve("mine.txt")).hasContent("mine");

    Path empty = Files.createDirectory(folder.resolve("empty"));
    action.run(new SampleRequest(sample, empty.toString()));
    assertThat(empty.resolve("train.parquet")).isDirectory();
  }

  @Test
  void nothingIsLeftWhereTheJarIsAnotherOrCannotBeHad() throws IOException {
    Path jar = HandMadeJars.glosses(folder, 40);
    JarCoordinates right = HandMadeJars.coordinates(jar);
    Path output = folder.resolve("output");
    SampleRequest request = new SampleRequest(new WordNetGlosses(right), output.toString());
    HandMadeJars.glosses(folder, 42);
    assertThatThrownBy(() -> action(HandMadeJars.copying(jar)).run(request))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("org.example:hand-made:1.0", "SHA-256");
    JarDownload none = new JarDownload(List.of("sh", "-c", "echo '[ERROR] no network'; exit 1"));
    assertThatThrownBy(() -> action(none).run(request))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContaining("no network");
    requireNothingBut("hand-made-1.0.jar", "maven.sh", "runs");
  }

  /** All rows are of one class, which is found out when the parts are written already. */
  @Test
  void nothingIsLeftOfASampleThatCouldNotBeFinished() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      lines.append(HandMadeJars.synset(i, 5, "w", "beast number " + i)).append('\n');
    }
    Path jar = HandMadeJars.jar(folder, HandMadeJars.NOUNS, lines.toString());
    SampleRequest request =
        new SampleRequest(
            new WordNetGlosses(HandMadeJars.coordinates(jar)), folder.resolve("output").toString());
    assertThatThrownBy(() -> action(HandMadeJars.copying(jar)).run(request))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1 distinct labels");
    requireNothingBut("hand-made-1.0.jar", "maven.sh", "runs");
  }
}
