package org.smartbert.model.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.reference.ReferenceClassifier;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;

/**
 * The logits of a BertForSequenceClassification, pooler and classifier included, are those of an
 * implementation that shares nothing with this one: golden.py beside the model.
 */
class HuggingFaceClassifierLogitsTest {
  private static final float TOLERANCE = 1e-4f;

  @Test
  void engineAndReferenceGiveTheLogitsOfAnIndependentImplementation()
      throws IOException, URISyntaxException {
    Path directory =
        Path.of(
            HuggingFaceClassifierLogitsTest.class
                .getResource("/org/smartbert/model/io/bert-for-sequence-classification")
                .toURI());
    List<JsonElement> rows =
        JsonParser.parseString(Files.readString(directory.resolve("expected.json")))
            .getAsJsonArray()
            .asList();
    assertThat(ModelDirectory.config(directory).labels())
        .containsExactly("world", "sports", "science");
    try (SmartBertModel model =
            SmartBertModel.load(directory, 48, Precision.FP32, TorchDevice.CPU);
        ReferenceClassifier reference =
            new ReferenceClassifier(
                model.config(), ModelDirectory.openModel(directory).weights())) {
      List<EncodedText> texts = new ArrayList<>();
      for (JsonElement row : rows) {
        JsonObject expected = row.getAsJsonObject();
        JsonElement pair = expected.get("pair");
        EncodedText text =
            model
                .encoder()
                .encode(
                    expected.get("text").getAsString(),
                    pair.isJsonNull() ? null : pair.getAsString());
        assertThat(text.inputIds())
            .isEqualTo(
                expected.getAsJsonArray("input_ids").asList().stream()
                    .mapToInt(JsonElement::getAsInt)
                    .toArray());
        texts.add(text);
      }
      // In one batch, rows of different lengths.
      List<Decision> decisions =
          model.classifier(InferenceSettings.of(new ExitPolicy.Never(), Gates.OFF)).decide(texts);
      IntStream.range(0, rows.size())
          .forEach(
              r -> {
                float[] expected = logits(rows.get(r));
                assertThat(decisions.get(r).logits()).containsExactly(expected, within(TOLERANCE));
                Decision alone =
                    reference.classify(texts.get(r), new ExitPolicy.Never(), Gates.OFF);
                assertThat(alone.logits()).containsExactly(expected, within(TOLERANCE));
              });
    }
  }

  private static float[] logits(JsonElement row) {
    List<JsonElement> values = row.getAsJsonObject().getAsJsonArray("logits").asList();
    float[] logits = new float[values.size()];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = values.get(c).getAsFloat();
    }
    return logits;
  }
}
