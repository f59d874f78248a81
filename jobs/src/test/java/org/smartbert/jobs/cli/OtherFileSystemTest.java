package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.backbones.Exports;
import org.smartbert.jobs.OtherFileSystem;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.ProgressDisplay;
import org.smartbert.jobs.actions.samples.SampleAction;
import org.smartbert.jobs.actions.samples.SampleRequest;
import org.smartbert.jobs.history.HandMadePredictions;
import org.smartbert.jobs.samples.HandMadeJars;
import org.smartbert.jobs.samples.WordNetGlosses;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.Method;
import org.smartbert.model.io.ModelDirectory;

/** What commands write and read may be on any of Hadoop's file systems, as on HDFS or S3. */
class OtherFileSystemTest {
  private static final String MODELS = OtherFileSystem.ADDRESS + "/models/";

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  /** What other://store is. */
  private Path store;

  private Path input;

  @BeforeEach
  void writeInput() throws IOException {
    store = Files.createDirectory(folder.resolve("store"));
    Configuration hadoop = TestSpark.local().sparkContext().hadoopConfiguration();
    for (Map.Entry<String, String> each : OtherFileSystem.settings(store).entrySet()) {
      hadoop.set(each.getKey(), each.getValue());
      // What --conf gives to tasks, and to a command that needs no session.
      SparkEnv.get().conf().set("spark.hadoop." + each.getKey(), each.getValue());
      System.setProperty("spark.hadoop." + each.getKey(), each.getValue());
    }
    input = folder.resolve("input");
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 120; id++) {
      rows.add(RowFactory.create("w" + id % 2 + " w" + id % 50, "label " + id % 2));
    }
    TestSpark.writeDelta(input.toString(), "text STRING, label STRING", rows);
  }

  @AfterEach
  void noFolderIsNamedAfterTheScheme() throws IOException {
    for (String key : OtherFileSystem.settings(store).keySet()) {
      SparkEnv.get().conf().remove("spark.hadoop." + key);
      System.clearProperty("spark.hadoop." + key);
    }
    for (Path local : List.of(Path.of("").toAbsolutePath(), folder)) {
      try (Stream<Path> files = Files.list(local)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .noneMatch(name -> name.startsWith("other"));
      }
    }
    // Nothing that was written on the way is left.
    try (Stream<Path> files = Files.walk(store)) {
      assertThat(files.map(file -> store.relativize(file).toString()))
          .noneMatch(name -> name.contains("writing") || name.contains("unfinished"));
    }
  }

  private TestSpark.Outcome run(String... arguments) {
    TestSpark.Outcome outcome = TestSpark.run(arguments);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  private void refused(String sentence, String... arguments) {
    TestSpark.Outcome outcome = TestSpark.run(arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err().lines().filter(line -> line.startsWith("smartbert: "))).hasSize(1);
    assertThat(outcome.err()).contains(sentence);
  }

  private List<String> train(String output) {
    return List.of(
        "train",
        "--input=" + input,
        "--model=" + MODELS + "bert",
        "--output=" + output,
        "--stage-one-epochs=2",
        "--soft-epochs=1",
        "--stage-two-epochs=1",
        "--tables-root=" + folder.resolve("tables"));
  }

  /** Imported, trained, quantized and scored, without a copy that the user made. */
  @Test
  void aModelLivesThere() throws IOException {
    Path source = Files.createDirectory(folder.resolve("source"));
    Exports.writeOnnx(source.resolve("bert.onnx"));
    Exports.writeVocabulary(source);
    String[] importing = {
      "backbone",
      "import",
      source.toString(),
      "--output=" + MODELS + "bert",
      "--heads=4",
      "--lower-case=true"
    };
    assertThat(run(importing).out()).contains("Backbone: " + MODELS + "bert");
    assertThat(ModelDirectory.openBackbone(store.resolve("models/bert")).config().layers())
        .isEqualTo(2);
    refused("The output " + MODELS + "bert exists already and is not empty", importing);

    String[] training = train(MODELS + "trained").toArray(String[]::new);
    assertThat(run(training).out()).contains("Model: " + MODELS + "trained");
    assertThat(ModelDirectory.openModel(store.resolve("models/trained")).config().labels())
        .containsExactly("label 0", "label 1");
    refused("The output " + MODELS + "trained exists already and is not empty", training);

    String[] quantizing = {
      "quantize",
      "--input=" + input,
      "--model=" + MODELS + "trained",
      "--output=" + MODELS + "int8",
      "--sample-rows=40"
    };
    assertThat(run(quantizing).out()).contains("Model: " + MODELS + "int8");
    assertThat(ModelDirectory.isQuantised(store.resolve("models/int8"))).isTrue();
    refused("The output " + MODELS + "int8 exists already and is not empty", quantizing);

    run(
        "score",
        "--incremental=off",
        "--input=" + input,
        "--model=" + MODELS + "int8",
        "--precision=int8",
        "--output=" + folder.resolve("scored"),
        "--tables-root=" + folder.resolve("tables"));
    assertThat(
            TestSpark.local()
                .read()
                .format("delta")
                .load(folder.resolve("scored").toString())
                .filter("prediction IS NOT NULL")
                .count())
        .isEqualTo(120);
  }

  @Test
  void aClassifierGainsExitsThere() {
    TinyModels.write(
        store.resolve("models/classifier"),
        TinyModels.config(3, 16, 2).withMechanism(Method.BERT.mechanism()),
        1);
    String[] converting = {
      "convert",
      "--input=" + input,
      "--model=" + MODELS + "classifier",
      "--output=" + MODELS + "converted",
      "--epochs=1",
      "--timing-rows=0",
      "--thresholds=0",
      "--tables-root=" + folder.resolve("tables")
    };
    assertThat(run(converting).out())
        .contains("Model: " + MODELS + "converted")
        .contains("| off | 0.0 | 100.00 ");
    assertThat(
            ModelDirectory.openModel(store.resolve("models/converted"))
                .config()
                .mechanism()
                .exits())
        .isTrue();
    refused("The output " + MODELS + "converted exists already and is not empty", converting);
  }

  /** Of the files of its local cache. */
  @Test
  void aBackboneOfTheHubIsCopiedThere() throws IOException {
    HubCache.write("acme/copied", model -> TinyModels.write(model, TinyModels.config(2, 16, 2), 1));
    String[] getting = {"backbone", "get", "hf:acme/copied", "--output=" + MODELS + "copied"};
    assertThat(run(getting).out()).contains("Backbone: " + MODELS + "copied");
    Path copy = store.resolve("models/copied");
    assertThat(ModelDirectory.digest(copy))
        .isEqualTo(ModelDirectory.digest(HubCache.snapshot("acme/copied")));
    refused("The output " + MODELS + "copied exists already and is not empty", getting);
  }

  @Test
  void aReportIsWrittenThereAndReplaced() throws IOException {
    String predictions = HandMadePredictions.write(folder, "predictions", "").name();
    String output = OtherFileSystem.ADDRESS + "/reports/march.html";
    Files.createDirectories(store.resolve("reports"));
    Path file = Files.writeString(store.resolve("reports/march.html"), "last one");
    TestSpark.Outcome made =
        run(
            "report",
            "--predictions=" + predictions,
            "--output=" + output,
            "--tables-root=" + folder.resolve("tables"));
    assertThat(made.out()).isEqualTo("Report: " + output + "\n");
    assertThat(file).content().contains("6 rows of " + predictions).doesNotContain("last one");
    refused(
        "The output " + OtherFileSystem.ADDRESS + "/reports is a folder",
        "report",
        "--predictions=" + predictions,
        "--output=" + OtherFileSystem.ADDRESS + "/reports");
  }

  /** By the action: the command's Maven would download. */
  @Test
  void aSampleIsWrittenThere() throws IOException {
    Path jar = HandMadeJars.glosses(folder, 200);
    String output = OtherFileSystem.ADDRESS + "/data/glosses";
    new SampleAction(
            new JobContext(TestSpark.local(), "unused", ProgressDisplay.NONE),
            HandMadeJars.copying(jar))
        .run(new SampleRequest(new WordNetGlosses(HandMadeJars.coordinates(jar)), output));
    Path data = store.resolve("data/glosses");
    assertThat(data)
        .isDirectoryContaining("glob:**README.md")
        .isDirectoryContaining("glob:**NOTICE");
    assertThat(TestSpark.local().read().parquet(data + "/*.parquet").count()).isEqualTo(200);
    refused(
        "The output " + output + " exists already and is not empty",
        "sample",
        "wordnet-glosses",
        "--output=" + output);
  }

  @Test
  void aFileSystemThatNobodyKnowsIsRefusedBeforeAnyWork() {
    String[] training = train("nowhere://store/model").toArray(String[]::new);
    refused(
        "The output nowhere://store/model cannot be reached: No FileSystem for scheme \"nowhere\".",
        training);
    assertThat(folder.resolve("tables")).doesNotExist();
  }
}
