package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.backbones.Exports;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.io.ModelDirectory;

/** Backbones as a user gets them; what needs other environments is in EnvironmentTest. */
class BackboneCommandTest {
  @TempDir private Path folder;

  @Test
  void theCatalogueIsListed() {
    TestSpark.Outcome outcome = TestSpark.runOn("backbone", "list");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .containsPattern(" bert-base-uncased +12 +768 +408 +no +")
        .containsPattern(" bert-base-cased +12 +768 +405 +yes +")
        .containsPattern(" all-MiniLM-L6-v2 +6 +384 +83 +no +")
        .hasLineCount(8);
  }

  @Test
  void anOnnxExportIsImported() throws IOException {
    Path source = Files.createDirectory(folder.resolve("source"));
    Exports.writeOnnx(source.resolve("bert.onnx"));
    Exports.writeVocabulary(source);
    Path output = folder.resolve("bert");
    TestSpark.Outcome undecided =
        TestSpark.runOn("backbone", "import", source.toString(), "--output=" + output);
    assertRefused(undecided, "the number of attention heads; give --heads.");
    assertThat(output).doesNotExist();
    TestSpark.Outcome outcome =
        TestSpark.runOn(
            "backbone",
            "import",
            source.toString(),
            "--output=" + output,
            "--heads=4",
            "--lower-case=true");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).startsWith("Backbone: " + output + "\nNext: smartbert train");
    assertThat(ModelDirectory.openBackbone(output).config().layers()).isEqualTo(2);
    assertThat(output.resolve("README.md")).content().contains("imported from source");
    assertRefused(
        TestSpark.runOn("backbone", "import", source.toString(), "--output=" + output),
        "The output " + output + " exists and is not empty;");
  }

  @Test
  void whatIsNowhereIsRefused() {
    assertRefused(
        TestSpark.runOn("backbone", "get", "bert-huge"),
        "The catalogue has no backbone bert-huge; it has: bert-base-uncased, ");
    assertRefused(
        TestSpark.runOn("backbone", "get", "hf:a/b/c"),
        "hf:a/b/c is no model of the hub; give hf:ORG/NAME");
    assertRefused(
        TestSpark.runOn(
            "backbone",
            "import",
            folder.resolve("none").toString(),
            "--output=" + folder.resolve("out")),
        folder.resolve("none") + " does not exist");
    assertThat(folder).isEmptyDirectory();
  }

  private static void assertRefused(TestSpark.Outcome outcome, String sentence) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains(sentence);
    assertThat(outcome.out()).isEmpty();
  }
}
