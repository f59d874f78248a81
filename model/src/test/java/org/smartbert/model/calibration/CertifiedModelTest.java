package org.smartbert.model.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.calibration.Certificate.Promise;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.ModelDirectory;

/** A certificate goes into config.json and comes back, and belongs to its weights alone. */
class CertifiedModelTest {
  @TempDir Path folder;
  private Path model;
  private Path certified;

  @BeforeEach
  void writeModel() {
    model = TinyModels.write(folder.resolve("model"), TinyModels.config(2, 16, 3), 1);
    certified = folder.resolve("certified");
  }

  private Certificate certificate(Optional<Certificate.Tested> tested, Optional<Double> budget) {
    return new Certificate(
        new Certificate.Policy(0.35f, Gates.ON, Precision.FP32, 128),
        tested,
        budget,
        new Certificate.Cost(0.25, 0.24, 0.26),
        new Certificate.Evidence(
            List.of(0f, 0.1f, 0.35f),
            new Certificate.Rows(5463, "7@table"),
            ModelDirectory.weightsDigest(model),
            Instant.parse("2026-02-03T04:05:06.789Z")));
  }

  private static Optional<Certificate.Tested> tested(Risk risk, Reference reference, long errors) {
    return Optional.of(
        new Certificate.Tested(new Promise(risk, 0.01, 0.95, reference), true, errors, 0.045));
  }

  @Test
  void whatIsWrittenIsRead() {
    List<Certificate> all =
        List.of(
            certificate(tested(Risk.AGREEMENT, Reference.GATES_ON, 42), Optional.empty()),
            certificate(tested(Risk.ACCURACY, Reference.FULL_DEPTH, -7), Optional.of(0.2)),
            certificate(Optional.empty(), Optional.of(0.3)));
    for (int i = 0; i < all.size(); i++) {
      Path target = folder.resolve("certified" + i);
      CertifiedModel.write(model, target, all.get(i));
      assertThat(CertifiedModel.read(target)).contains(all.get(i));
    }
    assertThat(CertifiedModel.read(model)).isEmpty();
  }

  @Test
  void allElseOfTheModelIsKept() throws IOException {
    JsonObject before = edit(model, json -> json.addProperty("of_somebody", "é 1"));
    Files.writeString(model.resolve("README.md"), "mine");
    Certificate first =
        certificate(tested(Risk.AGREEMENT, Reference.GATES_ON, 42), Optional.empty());
    CertifiedModel.write(model, certified, first);
    JsonObject after =
        JsonParser.parseString(Files.readString(config(certified))).getAsJsonObject();
    assertThat(after.getAsJsonObject("smartbert").remove("certificate")).isNotNull();
    assertThat(after).isEqualTo(before);
    for (String name : List.of("model.safetensors", "vocab.txt", "README.md")) {
      assertThat(certified.resolve(name)).hasSameBinaryContentAs(model.resolve(name));
    }
    assertThat(ModelDirectory.config(certified)).isEqualTo(ModelDirectory.config(model));
    // Another calibration takes the place of the first.
    Certificate second = certificate(Optional.empty(), Optional.of(0.3));
    CertifiedModel.write(certified, folder.resolve("again"), second);
    assertThat(CertifiedModel.read(folder.resolve("again"))).contains(second);
  }

  @Test
  void aCertificateOfOtherWeightsOrWordsIsRefused() throws IOException {
    CertifiedModel.write(
        model,
        certified,
        certificate(tested(Risk.AGREEMENT, Reference.GATES_ON, 42), Optional.empty()));
    Path vocabulary = certified.resolve("vocab.txt");
    String words = Files.readString(vocabulary);
    Files.writeString(vocabulary, words.replace("w1\n", "v1\n"));
    assertRefused("is of other weights");
    Files.writeString(vocabulary, words);
    assertThat(CertifiedModel.read(certified)).isPresent();
    TinyModels.fill(certified, 0.5f);
    assertRefused("is of other weights");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version | 2 | certificate.version",
        "entropy_threshold | -1 | certificate.entropy_threshold",
        "entropy_threshold | \"0.3\" | certificate.entropy_threshold",
        "gates | \"half\" | must be one of: on, off",
        "precision | null | certificate.precision",
        "max_tokens | 0.5 | certificate.max_tokens",
        "cost | 1 | certificate.cost",
        "grid | [0, \"x\"] | certificate.grid",
        "date | \"yesterday\" | certificate.date",
        "promise | {\"risk\": \"hope\"} | must be one of: agreement, accuracy",
      })
  void whatIsWrongInItIsNamed(String key, String value, String message) throws IOException {
    CertifiedModel.write(
        model,
        certified,
        certificate(tested(Risk.AGREEMENT, Reference.GATES_ON, 42), Optional.empty()));
    JsonElement wrong = JsonParser.parseString(value);
    edit(
        certified,
        json -> json.getAsJsonObject("smartbert").getAsJsonObject("certificate").add(key, wrong));
    assertRefused(message);
  }

  @Test
  void itSaysWhatItPromisesAndOfWhichRuns() {
    Certificate agreement =
        certificate(tested(Risk.AGREEMENT, Reference.GATES_ON, 42), Optional.empty());
    assertThat(agreement.describe())
        .isEqualTo(
            "at most 1 % of the labels differ from those with gates at threshold 0 (confidence"
                + " 95 %)");
    assertThat(agreement.differenceTo(Gates.ON, Precision.FP32, 128)).isEmpty();
    assertThat(agreement.differenceTo(Gates.OFF, Precision.BF16, 64))
        .contains(
            "calibrated with gates on, precision fp32, at most 128 tokens, run with gates off,"
                + " precision bf16, at most 64 tokens");
    assertThat(
            certificate(tested(Risk.ACCURACY, Reference.FULL_DEPTH, 0), Optional.empty())
                .describe())
        .isEqualTo("accuracy is at most 1 points below that at full depth (confidence 95 %)");
    assertThat(certificate(Optional.empty(), Optional.of(0.2)).withinBudget()).isFalse();
  }

  @Test
  void aLossIsWhatItsRiskCounts() {
    assertThat(Risk.AGREEMENT.loss(2, 1, -1)).isEqualTo(1);
    assertThat(Risk.AGREEMENT.loss(1, 1, -1)).isZero();
    assertThat(Risk.ACCURACY.loss(2, 1, 1)).isEqualTo(1);
    assertThat(Risk.ACCURACY.loss(2, 1, 2)).isEqualTo(-1);
    assertThat(Risk.ACCURACY.loss(2, 1, 0)).isZero();
    assertThat(Risk.ACCURACY.loss(1, 1, 0)).isZero();
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> CertifiedModel.read(certified))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(certified.toString());
  }

  private static Path config(Path directory) {
    return directory.resolve("config.json");
  }

  private interface Edit {
    void of(JsonObject json);
  }

  private static JsonObject edit(Path directory, Edit edit) throws IOException {
    JsonObject json = JsonParser.parseString(Files.readString(config(directory))).getAsJsonObject();
    edit.of(json);
    Files.writeString(config(directory), new GsonBuilder().serializeNulls().create().toJson(json));
    return json;
  }
}
