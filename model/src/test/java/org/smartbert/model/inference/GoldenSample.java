package org.smartbert.model.inference;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.smartbert.model.TinyModels;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.text.TextEncoder;

/**
 * Makes the golden sample of {@link GoldenSampleTest}: a random network, and what the reference
 * decides with it. Argument: the folder, which must not exist.
 */
final class GoldenSample {
  private static final BertConfig CONFIG = TinyModels.config(4, 16, 3);
  private static final float[] THRESHOLDS = {0, 0.6f, 0.8f, 0.9f};
  private static final int ROWS = 40;
  private static final int MAX_WORDS = 40;

  private GoldenSample() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = TinyModels.write(Path.of(arguments[0]), CONFIG, 3);
    ModelDirectory.Contents model = ModelDirectory.openModel(directory);
    Random random = new Random(11);
    List<String> lines = new ArrayList<>();
    try (TextEncoder encoder = TextEncoder.open(directory, CONFIG, CONFIG.maxPositions());
        ReferenceClassifier reference = new ReferenceClassifier(CONFIG, model.weights())) {
      for (int id = 0; id < ROWS; id++) {
        String text = words(random, 1 + random.nextInt(MAX_WORDS));
        // Every fourth row is a pair.
        String pair = id % 4 == 3 ? words(random, 1 + random.nextInt(5)) : null;
        lines.add(line(id, text, pair, encoder, reference));
      }
    }
    Files.write(directory.resolve("inference.jsonl"), lines);
  }

  private static String words(Random random, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "w" + random.nextInt(60))
        .collect(Collectors.joining(" "));
  }

  private static String line(
      int id, String text, String pair, TextEncoder encoder, ReferenceClassifier reference) {
    EncodedText row = pair == null ? encoder.encode(text) : encoder.encode(text, pair);
    JsonObject line = new JsonObject();
    line.addProperty("id", id);
    line.addProperty("text", text);
    if (pair == null) {
      line.add("text_pair", JsonNull.INSTANCE);
    } else {
      line.addProperty("text_pair", pair);
    }
    line.add("input_ids", array(row.inputIds()));
    line.add("token_type_ids", array(row.tokenTypeIds()));
    JsonArray runs = new JsonArray();
    for (float threshold : THRESHOLDS) {
      for (Gates gates : Gates.values()) {
        Decision decision = reference.classify(row, new ExitPolicy.Entropy(threshold), gates);
        runs.add(run(threshold, gates, decision));
      }
    }
    line.add("runs", runs);
    return new GsonBuilder().serializeNulls().create().toJson(line);
  }

  private static JsonObject run(float threshold, Gates gates, Decision decision) {
    JsonObject run = new JsonObject();
    run.addProperty("entropy_threshold", threshold);
    run.addProperty("gates", gates == Gates.ON);
    JsonArray logits = new JsonArray();
    for (float logit : decision.logits()) {
      logits.add(logit);
    }
    run.add("logits", logits);
    int[] skipped =
        IntStream.rangeClosed(1, decision.exitLayer())
            .filter(i -> decision.skipMask()[i - 1])
            .toArray();
    run.add("skipped_layers", array(skipped));
    run.addProperty("exit_layer", decision.exitLayer());
    return run;
  }

  private static JsonArray array(int[] values) {
    JsonArray array = new JsonArray();
    for (int value : values) {
      array.add(value);
    }
    return array;
  }
}
