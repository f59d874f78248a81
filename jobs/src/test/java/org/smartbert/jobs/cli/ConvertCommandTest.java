package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.TestSpark;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.actions.conversion.ConvertRequest;
import org.smartbert.jobs.actions.conversion.ConvertResult;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.training.Metric;
import org.smartbert.model.training.TrainingSettings;

/** A directory of Hugging Face's BertForSequenceClassification gains exits, without a label. */
class ConvertCommandTest {
  private static final String CLASSIFIER =
      "/org/smartbert/model/io/bert-for-sequence-classification/";

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  /** Every test begins with a copy. */
  @TempDir(cleanup = CleanupMode.NEVER)
  private static Path table;

  private Path classifier;
  private Path input;
  private Path output;

  @BeforeAll
  static void writeTable() {
    List<Row> rows = new ArrayList<>();
    for (long id = 0; id < 300; id++) {
      rows.add(RowFactory.create(id, "w" + id % 40 + " w" + id % 7 + " w" + (3 * id + 1) % 31));
    }
    rows.add(RowFactory.create(300L, null));
    TestSpark.writeDelta(table.resolve("input").toString(), "id BIGINT, text STRING", rows);
  }

  @BeforeEach
  void writeInput() throws IOException {
    classifier = Files.createDirectories(folder.resolve("classifier"));
    for (String name : List.of("config.json", "vocab.txt", "model.safetensors")) {
      try (InputStream in = TinyModels.class.getResourceAsStream(CLASSIFIER + name)) {
        Files.copy(in, classifier.resolve(name));
      }
    }
    input = folder.resolve("input");
    output = folder.resolve("converted");
    TestSpark.copy(table.resolve("input"), input);
  }

  @Test
  void itGainsExitsAndAnswersAtFullDepthToTheBitAsBefore() {
    TestSpark.Outcome outcome = convert("--timing-rows=20", "--thresholds=0,0.9,1.05");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("301 rows read, 300 used, 1 skipped without a text.");
    assertThat(outcome.out())
        .contains("3 layers, 3 labels, exits learned from its answers to")
        .contains("| gates | S | agreement (95 %) | layers |")
        .containsPattern(
            "\\| off \\| 0\\.0 \\| 100\\.00 \\(100\\.00 to 100\\.00\\) \\| 3\\.00 \\| [0-9.]+ \\|"
                + " 1\\.000 \\| 1\\.00 \\| [0-9.]+ \\|")
        .containsPattern("\\| off \\| 1\\.05 \\| [0-9.]+ \\([0-9.]+ to [0-9.]+\\) \\| [12]\\.");
    BertConfig config = ModelDirectory.openModel(output).config();
    assertThat(config.mechanism())
        .isEqualTo(new Method.Mechanism(Method.SMARTBERT, false, true, Method.Classifier.POOLER));
    assertThat(config.labels()).containsExactly("world", "sports", "science");
    assertThat(folder).isDirectoryNotContaining("glob:**unfinished*");
    assertThat(logits(output, "after")).isEqualTo(logits(classifier, "before"));
    assertThat(scored("after").filter("exit_layer < 3").count()).isZero();
    Row run = tables("runs").filter("command = 'convert'").first();
    assertThat(run.<String>getAs("status")).isEqualTo("finished");
    assertThat(run.<String>getAs("output")).isEqualTo(output.toString());
    // Without labels nothing is right or wrong.
    assertThat(run.<Double>getAs("accuracy")).isNull();
    Dataset<Row> metrics = tables("training_metrics");
    assertThat(metrics.filter("stage = 1").count()).isZero();
    assertThat(metrics.filter("split = 'validation'").count()).isEqualTo(3);
  }

  @Test
  void gatesAreLearnedTooAndTheProgramsGetTheLines() {
    ConvertRequest request =
        new ConvertRequest(
            new ConvertRequest.Rows(
                TextInput.of(InputTable.at(input.toString()), "text"), 200, 0.2),
            new ConvertRequest.Model(
                classifier.toString(), output.toString(), Optional.empty(), Gates.ON),
            new ConvertRequest.Comparison(List.of(0f, 1f), 0),
            new ConvertRequest.Learning(
                TrainingSettings.Rates.of(2e-3),
                new TrainingSettings.Epochs(2, 1, 1, 0, 0),
                32,
                0.05,
                Precision.FP32,
                7),
            TrainingPlan.Workers.ONE,
            Optional.empty());
    ConvertResult result =
        SmartBertJobs.with(TestSpark.local())
            .tablesRoot(folder.resolve("tables").toString())
            .convert(request);
    assertThat(ModelDirectory.config(output).mechanism())
        .isEqualTo(new Method.Mechanism(Method.SMARTBERT, true, true, Method.Classifier.POOLER));
    assertThat(result.job().trainRows() + result.job().validationRows()).isEqualTo(200);
    assertThat(result.notes())
        .contains(
            input
                + ": 301 rows read, 200 used, 1 skipped without a text, 100 left out by a hash of"
                + " the text (--max-rows).");
    assertThat(result.lines().stream().map(ConvertResult.Line::gates).distinct())
        .containsExactly(Gates.ON, Gates.OFF);
    ConvertResult.Line full =
        result.lines().stream()
            .filter(line -> line.gates() == Gates.OFF && line.agreement().threshold() == 0)
            .findFirst()
            .orElseThrow();
    assertThat(full.agreement().scores(Metric.ACCURACY).value()).isEqualTo(1);
    assertThat(full.agreement().result().rows()).isEqualTo(result.job().validationRows());
  }

  @Test
  void aConversionThatWasInterruptedLeavesNoModelAndResumes() throws IOException {
    assertThat(convert("--run-id=whole", "--timing-rows=0").code()).isZero();
    Files.move(output, folder.resolve("whole"));
    Path checkpoint = folder.resolve("converted.unfinished-mine/checkpoints/2-01-000000005");
    CompletableFuture<Void> cancelling =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 6000 && !Files.exists(checkpoint); i++) {
                pause();
              }
              TestSpark.local().sparkContext().cancelAllJobs();
            });
    TestSpark.Outcome broken = convert("--run-id=mine", "--timing-rows=0", "--checkpoint-every=1");
    cancelling.join();
    assertThat(broken.code()).as(broken.err()).isEqualTo(1);
    assertThat(broken.err()).contains("the same command resumes from checkpoint 2-01-");
    assertThat(output).doesNotExist();
    assertThat(tables("runs").filter("run_id = 'mine' AND status = 'failed'").count()).isOne();
    TestSpark.Outcome resumed = convert("--run-id=mine", "--timing-rows=0");
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("Resuming from checkpoint");
    assertThat(resumed.out()).contains("| off | 0.0 | 100.00 ");
    assertThat(
            Files.mismatch(
                output.resolve("model.safetensors"), folder.resolve("whole/model.safetensors")))
        .isEqualTo(-1);
    assertThat(folder).isDirectoryNotContaining("glob:**unfinished*");
  }

  @Test
  void aConversionThatDivergesLeavesNoModel() {
    TestSpark.Outcome outcome = convert("--learning-rate=1e30", "--warmup-steps=1");
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("smartbert: Training diverged at step ")
        .contains("lower --learning-rate");
    assertThat(output).doesNotExist();
  }

  @Test
  void whatCannotBeConvertedIsRefusedInOneSentence() throws IOException {
    assertRefused("--held-out is 1.0; it must be between 0 and 1.", "--held-out=1");
    assertRefused("--max-rows is -1; it must be 0 or more.", "--max-rows=-1");
    assertRefused("--thresholds has -0.1; they must be 0 or more.", "--thresholds=0,-0.1");
    assertRefused(
        "--epochs is 0.0 and must be above 0; --precision int8 is for scoring",
        "--epochs=0",
        "--precision=int8");
    assertRefused(
        "The input has no column txt; give --text-column one of: id, text.", "--text-column=txt");
    assertRefused(
        "There are 300 rows to learn from and 0 that --held-out 1.0E-6 keeps aside;",
        "--held-out=1e-6");
    assertRefused(
        "is a smartbert model and has exits already; convert takes classifiers of full depth",
        "--model=" + TinyModels.write(folder.resolve("smart"), TinyModels.config(3, 16, 2), 1));
    assertRefused(
        "is a smartbert model and has gates already;",
        "--model="
            + TinyModels.write(
                folder.resolve("gated"),
                TinyModels.config(3, 16, 2)
                    .withMechanism(new Method.Mechanism(Method.SMARTBERT, true, false)),
                1));
    assertRefused(
        "has 1 layer, and there is nothing to exit from;",
        "--model="
            + TinyModels.write(
                folder.resolve("flat"),
                TinyModels.config(1, 16, 2).withMechanism(Method.BERT.mechanism()),
                1));
    assertRefused(
        "The model directory " + folder.resolve("none") + " does not exist",
        "--model=" + folder.resolve("none"));
    Path config = classifier.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replace("single_label", "multi_label"));
    assertRefused("has the problem_type multi_label_classification; only");
    Files.writeString(config, text.replace("BertForSequenceClassification", "BertModel"));
    assertRefused("has the architecture BertModel, which does not classify texts");
    Files.writeString(config, text);
    Files.createDirectories(output);
    Files.writeString(output.resolve("other"), "");
    TestSpark.Outcome taken = convert();
    assertThat(taken.code()).isEqualTo(2);
    assertThat(taken.err()).contains("exists already and is not empty");
  }

  private void assertRefused(String sentence, String... options) {
    TestSpark.Outcome outcome = convert(options);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains(sentence);
    assertThat(output).doesNotExist();
    assertThat(folder.resolve("tables")).doesNotExist();
  }

  /** Later options win. */
  private TestSpark.Outcome convert(String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "convert",
                "--input=" + input,
                "--output=" + output,
                "--tables-root=" + folder.resolve("tables")));
    if (Arrays.stream(options).noneMatch(option -> option.startsWith("--model="))) {
      arguments.add("--model=" + classifier);
    }
    arguments.addAll(Arrays.asList(options));
    return TestSpark.run(arguments.toArray(String[]::new));
  }

  private List<List<Float>> logits(Path model, String name) {
    TestSpark.Outcome outcome =
        TestSpark.run(
            "score",
            "--incremental=off",
            "--input=" + input,
            "--model=" + model,
            "--output=" + folder.resolve(name),
            "--gates=off",
            "--entropy-threshold=0",
            "--logits",
            "--tables-root=" + folder.resolve("tables"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return scored(name).filter("prediction IS NOT NULL").orderBy("id").collectAsList().stream()
        .map(row -> row.<Float>getList(row.fieldIndex("logits")))
        .map(List::copyOf)
        .toList();
  }

  private Dataset<Row> scored(String name) {
    return TestSpark.local().read().format("delta").load(folder.resolve(name).toString());
  }

  private Dataset<Row> tables(String name) {
    return TestSpark.local()
        .read()
        .format("delta")
        .load(folder.resolve("tables").resolve(name).toString());
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
