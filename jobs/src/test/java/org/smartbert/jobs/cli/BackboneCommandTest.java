package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.backbones.Catalogue;
import org.smartbert.backbones.Exports;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.TinyModels;
import org.smartbert.model.io.ModelDirectory;

/**
 * Backbones by name, from files and from the hub's cache, as a user goes from there to a model. The
 * build gives tests caches of their own, and a hub that nobody listens at; HubCommandTest has one.
 */
class BackboneCommandTest {
  private static final String NAME = "e5-small-v2";
  private static final String CLASSIFIER =
      "/org/smartbert/model/io/bert-for-sequence-classification/";
  private static final Path CACHED =
      Path.of(System.getenv("SMARTBERT_CACHE"), "backbones").resolve(NAME);

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private Path source;
  private Path output;

  @BeforeEach
  void fillTheCache() throws IOException {
    FileUtil.fullyDelete(CACHED.toFile());
    TinyModels.write(CACHED, TinyModels.config(2, 16, 2), 3);
    source = Files.createDirectory(folder.resolve("source"));
    output = folder.resolve("out/bert");
  }

  @AfterEach
  void emptyTheCache() {
    assertThat(FileUtil.fullyDelete(CACHED.toFile())).isTrue();
  }

  private static TestSpark.Outcome run(String... arguments) {
    TestSpark.Outcome outcome = TestSpark.run(arguments);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  /** One sentence, and nothing half-made. */
  private void refused(int code, String sentence, String... arguments) throws IOException {
    TestSpark.Outcome outcome = TestSpark.run(arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains(sentence).doesNotContain(System.getenv("HF_TOKEN"));
    assertThat(outcome.err().lines().filter(line -> line.startsWith("smartbert: "))).hasSize(1);
    if (Files.exists(output.getParent())) {
      try (Stream<Path> left = Files.list(output.getParent())) {
        assertThat(left).isEmpty();
      }
    }
  }

  private String[] importing(Path from, String... more) {
    return Stream.concat(
            Stream.of("backbone", "import", from.toString(), "--output=" + output), Stream.of(more))
        .toArray(String[]::new);
  }

  private String[] rows(String command, String model, String... more) {
    Path input = folder.resolve("input");
    if (!Files.exists(input)) {
      List<Row> rows = new ArrayList<>();
      for (int id = 0; id < 120; id++) {
        rows.add(RowFactory.create("w" + id % 2 + " w" + id % 50, "label " + id % 2));
      }
      TestSpark.writeDelta(input.toString(), "text STRING, label STRING", rows);
    }
    return Stream.concat(
            Stream.of(
                command,
                "--input=" + input,
                "--model=" + model,
                "--output=" + output,
                "--tables-root=" + folder.resolve("tables")),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private String[] training(String model) {
    return rows(
        "train",
        model,
        "--stage-one-epochs=2",
        "--soft-epochs=1",
        "--stage-two-epochs=1",
        "--floor=off");
  }

  @Test
  void theListSaysWhatThereIsAndWhatIsCached() {
    List<String> lines = run("backbone", "list").out().lines().map(String::strip).toList();
    assertThat(lines.get(0)).contains("name", "layers", "width", "download MB", "cached");
    for (var each : Catalogue.load().backbones()) {
      assertThat(lines.stream().filter(line -> line.startsWith(each.name() + " ")))
          .as(each.name())
          .singleElement()
          .asString()
          .contains(" " + each.sizes().layers() + " ", " " + each.sizes().hidden() + " ")
          .contains(each.license(), each.language())
          .matches(
              "\\S+ +\\d+ +\\d+ +\\d+ +(yes|no) +"
                  + (each.name().equals(NAME) ? "yes" : "no")
                  + " .*");
    }
  }

  @Test
  void whatIsCachedIsGotWithoutADownloadAndTrained() throws IOException {
    assertThat(run("backbone", "get", NAME).out())
        .startsWith("Backbone: " + CACHED + "\n")
        .contains("Next: smartbert train --model " + CACHED + " ");
    assertThat(run("backbone", "get", NAME, "--output=" + output).out())
        .startsWith("Backbone: " + output + "\n");
    assertThat(ModelDirectory.digest(output)).isEqualTo(ModelDirectory.digest(CACHED));
    // Nor Hadoop's files of checksums.
    try (Stream<Path> copied = Files.list(output);
        Stream<Path> cached = Files.list(CACHED)) {
      assertThat(copied.map(Path::getFileName))
          .containsExactlyInAnyOrderElementsOf(cached.map(Path::getFileName).toList());
    }
    FileUtil.fullyDelete(output.toFile());
    assertThat(run(training(NAME)).err())
        .contains("Backbone " + NAME + " of the catalogue, in " + CACHED + ".");
    assertThat(ModelDirectory.openModel(output).config().labels())
        .containsExactly("label 0", "label 1");
  }

  @Test
  void aTakenOutputIsRefusedBeforeADownload() throws IOException {
    Files.writeString(Files.createDirectories(output).resolve("mine"), "");
    for (String[] command :
        List.of(
            new String[] {"backbone", "get", "bert-base-uncased", "--output=" + output},
            training("bert-base-uncased"),
            training("hf:acme/none"))) {
      TestSpark.Outcome outcome = TestSpark.run(command);
      assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
      assertThat(outcome.err()).contains("The output " + output + " exists already and is not");
    }
    assertThat(output).isDirectoryContaining("glob:**mine");
    assertThat(CACHED.resolveSibling("bert-base-uncased")).doesNotExist();
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThereAre() throws IOException {
    refused(2, NAME, "backbone", "get", "e5-small-v3", "--output=" + output);
    refused(2, NAME, training("e5-small-v3"));
  }

  /** Google's checkpoint, a SavedModel's variables in a zip, and an ONNX export of one network. */
  @Test
  void threeFormatsBecomeOneBackboneThatTrains() throws IOException {
    String[] options = {"--heads=4", "--lower-case=true"};
    Path google = Files.createDirectory(source.resolve("google"));
    Exports.writeTensorFlow(google.resolve("bert_model.ckpt"), "bert/");
    Exports.writeVocabulary(google);
    Path saved = Files.createDirectory(source.resolve("saved"));
    Exports.writeTensorFlow(
        Files.createDirectory(saved.resolve("variables")).resolve("variables"), "module/bert/");
    Exports.writeVocabulary(Files.createDirectory(saved.resolve("assets")));
    Path onnx = Files.createDirectory(source.resolve("onnx"));
    Exports.writeOnnx(onnx.resolve("bert.onnx"));
    Exports.writeVocabulary(onnx);
    List<Map<String, ?>> imported = new ArrayList<>();
    for (Path from : List.of(google, Exports.zip(saved, "", folder.resolve("saved.zip")), onnx)) {
      FileUtil.fullyDelete(output.toFile());
      assertThat(run(importing(from, options)).out())
          .startsWith("Backbone: " + output + "\n")
          .contains("Next: smartbert train --model " + output + " ");
      assertThat(output.getParent()).isDirectoryNotContaining("glob:**writing**");
      assertThat(output.resolve("README.md"))
          .content()
          .contains("# bert\n", "imported from " + from.getFileName());
      Map<String, Object> values = new TreeMap<>();
      ModelDirectory.openBackbone(output)
          .weights()
          .forEach((name, tensor) -> values.put(name, tensor.values()));
      imported.add(values);
    }
    assertThat(imported.get(0)).isNotEmpty();
    assertThat(imported).allMatch(imported.get(0)::equals);
    Path backbone = Files.move(output, folder.resolve("backbone"));
    run(training(backbone.toString()));
    assertThat(ModelDirectory.openModel(output).config().layers()).isEqualTo(2);
  }

  @Test
  void whatCannotBeImportedIsRefused() throws IOException {
    refused(2, "none", importing(folder.resolve("none")));
    Files.writeString(source.resolve("pytorch_model.bin"), "pickle");
    refused(2, "safe_serialization=True", importing(source));
    Files.delete(source.resolve("pytorch_model.bin"));
    Exports.writeTensorFlow(source.resolve("bert_model.ckpt"), "bert/");
    Exports.writeVocabulary(source);
    refused(2, "--heads", importing(source, "--lower-case=true"));
    refused(2, "--lower-case", importing(source, "--heads=4"));
    Path data = source.resolve("bert_model.ckpt.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[bytes.length / 2] ^= 1;
    Files.write(data, bytes);
    refused(2, "does not match its checksum", importing(source, "--heads=4", "--lower-case=true"));
  }

  /** Of the hub's local cache, which is read first. */
  @Test
  void aClassifierOfTheHubIsTrainedConvertedAndScored() throws IOException {
    HubCache.write("acme/tiny", BackboneCommandTest::writeClassifier);
    Path snapshot = HubCache.snapshot("acme/tiny");
    String note =
        "Model acme/tiny of the hub, commit " + snapshot.getFileName() + ", in " + snapshot + ".";
    assertThat(run(training("hf:acme/tiny")).err()).contains(note);
    FileUtil.fullyDelete(output.toFile());
    assertThat(run(rows("convert", "hf:acme/tiny@main", "--epochs=1", "--timing-rows=0")).out())
        .startsWith("Converted hf:acme/tiny@main: 3 layers, 3 labels")
        .contains("| off | 0.0 | 100.00 ");
    FileUtil.fullyDelete(output.toFile());
    run(rows("score", "hf:acme/tiny", "--gates=off", "--entropy-threshold=0"));
    List<String> labels =
        TestSpark.local()
            .read()
            .format("delta")
            .load(output.toString())
            .select("prediction")
            .distinct()
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    assertThat(labels).isNotEmpty().isSubsetOf("world", "sports", "science");
  }

  @Test
  void withoutANetworkOneSentenceSaysSo() throws IOException {
    for (String[] command :
        List.of(
            new String[] {"backbone", "get", "hf:acme/none", "--output=" + output},
            training("hf:acme/none"),
            rows("convert", "hf:acme/none"),
            rows("score", "hf:acme/none"))) {
      refused(
          1,
          "hf:acme/none@main could not be downloaded from " + System.getenv("HF_ENDPOINT"),
          command);
    }
    assertThat(folder.resolve("tables")).doesNotExist();
    refused(2, "hf:ORG/NAME", rows("score", "hf:a/b/c"));
  }

  private static void writeClassifier(Path to) {
    try {
      Files.createDirectories(to);
      for (String name : List.of("config.json", "vocab.txt", "model.safetensors")) {
        try (InputStream in = TinyModels.class.getResourceAsStream(CLASSIFIER + name)) {
          Files.copy(in, to.resolve(name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
