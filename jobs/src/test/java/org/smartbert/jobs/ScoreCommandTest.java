package org.smartbert.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.ReferenceClassifier;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.TextEncoder;

/** The command score on real Spark and Delta: what it writes, and what bad input gets. */
class ScoreCommandTest {
  private static final BertConfig CONFIG = TinyModels.config(4, 32, 3);

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private Path model;
  private Path input;
  private Path output;

  @BeforeEach
  void writeInput() {
    model = TinyModels.write(folder.resolve("model"), CONFIG, 4);
    input = folder.resolve("input");
    output = folder.resolve("scored");
    List<Row> rows = new ArrayList<>();
    for (long id = 0; id < 300; id++) {
      rows.add(RowFactory.create(id, text(id), (int) (id % 3)));
    }
    rows.add(RowFactory.create(300L, null, 1));
    rows.add(RowFactory.create(301L, "", 1));
    rows.add(RowFactory.create(302L, "w1 ".repeat(100), 1));
    TestSpark.writeDelta(input.toString(), "id BIGINT, text STRING, stars INT", rows);
  }

  @Test
  void everyRowIsDecidedAsTheReferenceDecidesIt() {
    TestSpark.Outcome outcome = score("--entropy-threshold=0.6", "--logits", "--slices=3");
    assertThat(outcome.err()).doesNotContain("smartbert:");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("Scored 303 rows")
        .contains("of 303 in all 1 could not be scored");
    List<Row> rows = read().orderBy("id").collectAsList();
    assertThat(rows).hasSize(303);
    ModelDirectory.Contents contents = ModelDirectory.openModel(model);
    try (ReferenceClassifier reference =
            new ReferenceClassifier(contents.config(), contents.weights());
        TextEncoder encoder = TextEncoder.open(model, CONFIG, 48)) {
      for (Row row : rows.subList(0, 300)) {
        Decision expected =
            reference.classify(
                encoder.encode(row.getString(1)), new ExitPolicy.Entropy(0.6f), Gates.ON);
        assertThat(row.<String>getAs("prediction")).isEqualTo("LABEL_" + expected.label());
        assertThat(row.<Integer>getAs("exit_layer")).isEqualTo(expected.exitLayer());
        assertThat(row.<Boolean>getList(row.fieldIndex("skip_mask"))).hasSize(expected.exitLayer());
        assertThat(row.<Integer>getAs("layers_executed")).isEqualTo(expected.layersExecuted());
        assertThat(row.<Long>getAs("flops")).isEqualTo(expected.flops());
        assertThat(row.<Long>getAs("flops_full")).isEqualTo(expected.flopsFull());
        assertThat(row.<Float>getList(row.fieldIndex("logits"))).hasSize(3);
        assertThat(row.<Integer>getAs("stars")).isEqualTo((int) (row.getLong(0) % 3));
      }
    }
  }

  @Test
  void nullEmptyAndLongTextsKeepTheirPlace() {
    assertThat(score().code()).isZero();
    List<Row> rows = read().filter("id >= 300").orderBy("id").collectAsList();
    assertThat(rows.get(0).<String>getAs("prediction")).isNull();
    assertThat(rows.get(0).<String>getAs("error")).isEqualTo("The column text is null.");
    assertThat(rows.get(1).<String>getAs("prediction")).startsWith("LABEL_");
    assertThat(rows.get(1).<Integer>getAs("tokens")).isEqualTo(2);
    assertThat(rows.get(2).<Boolean>getAs("truncated")).isTrue();
    assertThat(rows.get(2).<Integer>getAs("tokens")).isEqualTo(48);
  }

  @Test
  void theSameCommandTwiceScoresOnce() {
    assertThat(score().code()).isZero();
    TestSpark.Outcome again = score();
    assertThat(again.code()).isZero();
    assertThat(again.out()).contains("is complete already: 303 rows");
    assertThat(read().count()).isEqualTo(303);
  }

  @Test
  void anotherPrecisionIsAnotherRun() {
    assertThat(score().code()).isZero();
    TestSpark.Outcome outcome = score("--precision=bf16");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("Scored 303 rows");
    assertThat(read().count()).isEqualTo(606);
    long alike =
        read()
            .filter("prediction IS NOT NULL")
            .groupBy("id", "prediction")
            .count()
            .filter("count = 2")
            .count();
    assertThat(alike).isGreaterThan(240);
  }

  @Test
  void keepAndPrefixChooseTheColumns() {
    assertThat(score("--keep=id,stars", "--prefix=p_").code()).isZero();
    assertThat(read().columns()).startsWith("id", "stars", "p_prediction").doesNotContain("text");
  }

  @Test
  void showTellsOfTheLastRun() {
    score();
    TestSpark.Outcome shown = TestSpark.run("show", "--tables-root=" + folder.resolve("tables"));
    assertThat(shown.code()).isZero();
    assertThat(shown.out()).contains("finished").contains("exit layer").contains("skipped");
  }

  @Test
  void showWithoutARunSaysSo() {
    TestSpark.Outcome shown = TestSpark.run("show", "--tables-root=" + folder.resolve("none"));
    assertThat(shown.code()).isEqualTo(2);
    assertThat(shown.err())
        .contains("holds no finished scoring run; score something first, or give --tables-root.");
  }

  @Test
  void aWrongColumnIsNamedBesideThoseThatExist() {
    assertRefused(
        "The input has no column review; give --text-column one of: id, text, stars.",
        "--text-column=review");
  }

  @Test
  void aColumnThatIsNoTextIsRefused() {
    assertRefused(
        "The column stars has the type INT; --text-column takes a STRING column.",
        "--text-column=stars");
  }

  @Test
  void aClashOfNamesIsRefused() {
    Path clash = folder.resolve("clash");
    TestSpark.writeDelta(
        clash.toString(), "text STRING, Entropy DOUBLE", List.of(RowFactory.create("w1", 0.5)));
    TestSpark.Outcome outcome = scoreFrom(clash.toString());
    assertThat(outcome.err())
        .contains("The input has a column entropy, which is also a prediction column;")
        .contains("--prefix smartbert_");
    assertNothingWritten(outcome);
  }

  @Test
  void aNegativeThresholdIsRefused() {
    assertRefused(
        "--entropy-threshold is -0.5; it must be 0 or more nats.", "--entropy-threshold=-0.5");
  }

  @Test
  void anInputThatDoesNotExistIsNamed() {
    TestSpark.Outcome outcome = scoreFrom(folder.resolve("nowhere.parquet").toString());
    assertThat(outcome.err())
        .contains("nowhere.parquet is neither a path that exists nor a table of the catalog.");
    assertNothingWritten(outcome);
  }

  @Test
  void aNameThatNoTableCanHaveIsAPath() {
    TestSpark.Outcome outcome = scoreFrom("no-such-2.0");
    assertThat(outcome.err())
        .contains("no-such-2.0 is neither a path that exists nor a table of the catalog.");
    assertNothingWritten(outcome);
  }

  @Test
  void aBrokenModelIsRefusedBeforeAnyTask() throws IOException {
    Path weights = model.resolve("model.safetensors");
    Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 5000));
    assertRefused("smartbert: The weights " + weights + " ");
  }

  @Test
  void aMissingTensorIsNamed() throws IOException {
    rewriteHeader("gates.1.output.bias", "gates.9.output.bias");
    assertRefused("Tensor gates.1.output.bias is missing from " + weights() + ";");
  }

  @Test
  void aWrongShapeIsNamedWithBothShapes() throws IOException {
    Path json = model.resolve("config.json");
    Files.writeString(
        json,
        Files.readString(json).replace("\"intermediate_size\": 64", "\"intermediate_size\": 48"));
    assertRefused(
        "Tensor bert.encoder.layer.0.intermediate.dense.weight in "
            + weights()
            + " has the shape [64, 32] where config.json asks for [48, 32];");
  }

  @Test
  void anUnknownDtypeIsNamed() throws IOException {
    rewriteHeader("\"dtype\":\"F32\"", "\"dtype\":\"X32\"");
    assertRefused(" in " + weights() + " has the unknown type X32;");
  }

  @Test
  void aWeightsFileThatIsNoSafetensorsIsRefused() throws IOException {
    Files.writeString(weights(), "not a model");
    assertRefused("The weights " + weights() + " ");
  }

  @Test
  void theOutputRefusesRowsThatContradictThemselves() {
    assertThat(score().code()).isZero();
    assertThatThrownBy(
            () ->
                TestSpark.local()
                    .sql("UPDATE delta.`" + output + "` SET layers_executed = exit_layer + 1"))
        .hasStackTraceContaining("layers_fit");
  }

  @Test
  void aVocabularyLargerThanTheEmbeddingIsRefusedBeforeAnyTask() throws IOException {
    Path vocabulary = model.resolve("vocab.txt");
    Files.writeString(vocabulary, Files.readString(vocabulary) + "surplus\n");
    assertRefused(
        "The vocabulary " + vocabulary + " has 66 tokens, and the model's embedding has 65 rows;");
  }

  @Test
  void aMissingModelIsNamed() throws IOException {
    Files.delete(model.resolve("model.safetensors"));
    assertRefused(model.resolve("model.safetensors") + " does not exist;");
  }

  @Test
  void anUnknownOptionPointsToHelp() {
    assertRefused("Unknown option: '--treshold=1' (see smartbert score --help)", "--treshold=1");
  }

  @Test
  void aFolderOfSomethingElseIsNotOverwritten() throws IOException {
    Files.createDirectories(output);
    Files.writeString(output.resolve("notes.txt"), "mine");
    TestSpark.Outcome outcome = score();
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("exists and is not a Delta table; choose another --output");
    assertThat(output).isDirectoryContaining("glob:**notes.txt");
  }

  private Path weights() {
    return model.resolve("model.safetensors");
  }

  /** Changes text of the header without changing its length. */
  private void rewriteHeader(String from, String to) throws IOException {
    String bytes = new String(Files.readAllBytes(weights()), StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains(from);
    Files.write(weights(), bytes.replaceFirst(from, to).getBytes(StandardCharsets.ISO_8859_1));
  }

  private void assertRefused(String sentence, String... options) {
    TestSpark.Outcome outcome = score(options);
    assertThat(outcome.err()).contains(sentence);
    assertNothingWritten(outcome);
  }

  private void assertNothingWritten(TestSpark.Outcome outcome) {
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err().lines().filter(line -> line.startsWith("\tat "))).isEmpty();
    assertThat(output).doesNotExist();
    assertThat(folder.resolve("tables")).doesNotExist();
  }

  private TestSpark.Outcome score(String... options) {
    return scoreFrom(input.toString(), options);
  }

  private TestSpark.Outcome scoreFrom(String from, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "score",
                "--input=" + from,
                "--model=" + model,
                "--output=" + output,
                "--tables-root=" + folder.resolve("tables")));
    arguments.addAll(List.of(options));
    return TestSpark.run(arguments.toArray(String[]::new));
  }

  private Dataset<Row> read() {
    return TestSpark.local().read().format("delta").load(output.toString());
  }

  private static String text(long id) {
    StringBuilder text = new StringBuilder();
    for (long w = 0; w <= id % 20; w++) {
      text.append('w').append((id * 7 + w * w) % 60).append(' ');
    }
    return text.toString();
  }
}
