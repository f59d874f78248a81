package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.smartbert.jobs.ScoringFixture;
import org.smartbert.jobs.TestSpark;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;

/** What the command score refuses, with one sentence and before anything is written. */
class ScoreRefusalsTest extends ScoringFixture {
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
    assertRefused("--entropy-threshold is -0.5; it must be 0 or more.", "--entropy-threshold=-0.5");
  }

  @Test
  void anInputThatDoesNotExistIsNamed() {
    TestSpark.Outcome outcome = scoreFrom(folder.resolve("nowhere.parquet").toString());
    assertThat(outcome.err())
        .contains("nowhere.parquet is neither an existing path nor a catalog table.");
    assertNothingWritten(outcome);
  }

  @Test
  void aNameThatNoTableCanHaveIsAPath() {
    TestSpark.Outcome outcome = scoreFrom("no-such-2.0");
    assertThat(outcome.err())
        .contains("no-such-2.0 is neither an existing path nor a catalog table.");
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
  void aVocabularyLargerThanTheEmbeddingIsRefusedBeforeAnyTask() throws IOException {
    Path vocabulary = model.resolve("vocab.txt");
    Files.writeString(vocabulary, Files.readString(vocabulary) + "surplus\n");
    assertRefused(
        "The token surplus of "
            + vocabulary
            + " has the id 65, and the model's embedding has 65 rows (vocab_size);");
  }

  @Test
  void aMissingModelIsNamed() throws IOException {
    Files.delete(model.resolve("model.safetensors"));
    assertRefused(model.resolve("model.safetensors") + " does not exist;");
  }

  @Test
  void anUnknownOptionPointsToANearOneAndToHelp() {
    assertRefused(
        "Unknown option: '--treshold=1'; did you mean --entropy-threshold? (see smartbert score"
            + " --help)",
        "--treshold=1");
    assertRefused("Unknown option: '--colour=1' (see smartbert score --help)", "--colour=1");
    assertRefused(
        "Unknown option: '--master=yarn'; it is an option of spark-submit and stands before the"
            + " command: smartbert --master ... score ... (see smartbert score --help)",
        "--master=yarn");
  }

  @Test
  void anUnknownCommandPointsToANearOne() {
    TestSpark.Outcome outcome = TestSpark.run("evalute");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("'evalute'; did you mean evaluate? (see smartbert --help)")
        .hasLineCount(1);
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

  @Test
  void aGpuThatSparkDoesNotHandOutIsNotReplacedByTheProcessor() {
    assertRefused(
        "The device gpu needs GPUs that Spark assigns to each task, and"
            + " spark.task.resource.gpu.amount is not set;",
        "--device=gpu");
  }

  @Test
  void gpusForTasksOnAMasterWithoutAnyAreRefusedBeforeTheyAreWaitedFor() {
    SparkConf conf = TestSpark.local().sparkContext().conf();
    conf.set("spark.task.resource.gpu.amount", "0.25");
    try {
      assertRefused(
          "spark.task.resource.gpu.amount is set and the master is local[2], which cannot assign"
              + " GPUs");
    } finally {
      conf.remove("spark.task.resource.gpu.amount");
    }
  }

  @Test
  void autoPutsInt8OnProcessorsAndTheRestOnTheGpusThatTasksGet() {
    SparkConf with = new SparkConf(false).set("spark.task.resource.gpu.amount", "1");
    ComputeDevice.Requested auto = ComputeDevice.Requested.AUTO;
    assertThat(auto.in(with, Optional.empty())).isEqualTo(ComputeDevice.GPU);
    assertThat(auto.in(with, Optional.of(Precision.BF16))).isEqualTo(ComputeDevice.GPU);
    assertThat(auto.in(with, Optional.of(Precision.INT8))).isEqualTo(ComputeDevice.CPU);
    assertThat(ComputeDevice.Requested.CPU.in(with, Optional.empty())).isEqualTo(ComputeDevice.CPU);
    assertThat(auto.in(new SparkConf(false), Optional.empty())).isEqualTo(ComputeDevice.CPU);
  }

  @Test
  void int8IsNotForGpus() {
    assertThatThrownBy(() -> new ModelReference("m", "0", 128, Precision.INT8, ComputeDevice.GPU))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "int8 is computed on processors only; choose the precision fp32 or bf16, or the device"
                + " cpu, for m.");
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
}
