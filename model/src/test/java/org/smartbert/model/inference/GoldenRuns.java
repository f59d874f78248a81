package org.smartbert.model.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.model.torch.TorchDevice;

/**
 * A model directory with an inference.jsonl: texts, and what another program decided for them at
 * several thresholds, with gates on and off.
 */
final class GoldenRuns {
  private GoldenRuns() {}

  static void requireTokens(Path directory) throws IOException {
    BertConfig config = ModelDirectory.config(directory);
    try (TextEncoder encoder = TextEncoder.open(directory, config, config.maxPositions())) {
      for (JsonObject line : lines(directory)) {
        String text = line.get("text").getAsString();
        EncodedText row =
            line.get("text_pair").isJsonNull()
                ? encoder.encode(text)
                : encoder.encode(text, line.get("text_pair").getAsString());
        assertThat(row.inputIds()).isEqualTo(ints(line.getAsJsonArray("input_ids")));
        assertThat(row.tokenTypeIds()).isEqualTo(ints(line.getAsJsonArray("token_type_ids")));
        assertThat(row.truncated()).isFalse();
      }
    }
  }

  /** By the reference, a row at a time. */
  static void requireReferencesDecisions(Path directory) throws IOException {
    ModelDirectory.Contents model = ModelDirectory.openModel(directory);
    try (ReferenceClassifier classifier =
        new ReferenceClassifier(model.config(), model.weights())) {
      for (JsonObject line : lines(directory)) {
        for (JsonElement run : line.getAsJsonArray("runs")) {
          JsonObject expected = run.getAsJsonObject();
          assertAgrees(
              classifier.classify(row(line), exit(expected), gates(expected)), line, expected);
        }
      }
    }
  }

  /** By the engine, in shuffled batches of mixed lengths. */
  static void requireEnginesDecisions(Path directory) throws IOException {
    List<JsonObject> lines = new ArrayList<>(lines(directory));
    try (SmartBertModel model =
        SmartBertModel.load(directory, 24, Precision.FP32, TorchDevice.CPU)) {
      int runs = lines.get(0).getAsJsonArray("runs").size();
      for (int run = 0; run < runs; run++) {
        Collections.shuffle(lines, new Random(run));
        JsonObject settings = lines.get(0).getAsJsonArray("runs").get(run).getAsJsonObject();
        // Small limits, so that rows wait, batches split, and windows follow each other.
        InferenceSettings small =
            new InferenceSettings(exit(settings), gates(settings), 64, 200 + 50 * run);
        List<Decision> decisions = new ArrayList<>();
        model
            .classifier(small)
            .classify(lines.stream().map(GoldenRuns::row).iterator())
            .forEachRemaining(decisions::add);
        assertThat(decisions).hasSameSizeAs(lines);
        for (int i = 0; i < lines.size(); i++) {
          JsonObject expected = lines.get(i).getAsJsonArray("runs").get(run).getAsJsonObject();
          assertAgrees(decisions.get(i), lines.get(i), expected);
        }
      }
    }
  }

  private static void assertAgrees(Decision decision, JsonObject line, JsonObject expected) {
    String where = "row " + line.get("id") + ", threshold " + expected.get("entropy_threshold");
    assertThat(decision.exitLayer()).as(where).isEqualTo(expected.get("exit_layer").getAsInt());
    int[] skipped =
        IntStream.rangeClosed(1, decision.exitLayer())
            .filter(i -> decision.skipMask()[i - 1])
            .toArray();
    assertThat(skipped).as(where).isEqualTo(ints(expected.getAsJsonArray("skipped_layers")));
    JsonArray logits = expected.getAsJsonArray("logits");
    for (int c = 0; c < logits.size(); c++) {
      assertThat((double) decision.logits()[c])
          .as(where)
          .isCloseTo(logits.get(c).getAsDouble(), within(1e-4));
    }
  }

  private static ExitPolicy exit(JsonObject run) {
    return new ExitPolicy.Entropy(run.get("entropy_threshold").getAsFloat());
  }

  private static Gates gates(JsonObject run) {
    return run.get("gates").getAsBoolean() ? Gates.ON : Gates.OFF;
  }

  private static EncodedText row(JsonObject line) {
    return new EncodedText(
        ints(line.getAsJsonArray("input_ids")), ints(line.getAsJsonArray("token_type_ids")), false);
  }

  private static List<JsonObject> lines(Path directory) throws IOException {
    return Files.readAllLines(directory.resolve("inference.jsonl")).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private static int[] ints(JsonArray array) {
    return array.asList().stream().mapToInt(JsonElement::getAsInt).toArray();
  }
}
