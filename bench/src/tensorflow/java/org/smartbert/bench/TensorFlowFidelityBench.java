package org.smartbert.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.smartbert.model.text.EncodedText;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The same as {@link FidelityBench} against TensorFlow running the SavedModel that the weights come
 * from. Arguments: the SavedModel's folder, whose assets/model.json names inputs and output, then
 * those of FidelityBench. A build with -Ptensorflow has it.
 */
public final class TensorFlowFidelityBench {
  private TensorFlowFidelityBench() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    JsonObject names =
        JsonParser.parseString(Files.readString(folder.resolve("assets/model.json")))
            .getAsJsonObject();
    int width = names.get("maxSequenceLength").getAsInt();
    try (SavedModelBundle model = SavedModelBundle.load(folder.toString())) {
      FidelityBench.compare(row -> hiddenStates(model, names, row, width), width, arguments);
    }
  }

  private static float[] hiddenStates(
      SavedModelBundle model, JsonObject names, EncodedText row, int width) {
    int[] ones = new int[row.tokens()];
    java.util.Arrays.fill(ones, 1);
    Map<String, int[]> inputs =
        Map.of(
            "inputIds", row.inputIds(), "inputMask", ones, "segmentIds", row.tokenTypeIds());
    var runner = model.session().runner().fetch(names.get("sequenceOutput").getAsString());
    var tensors = new java.util.ArrayList<Tensor>();
    try {
      inputs.forEach(
          (key, values) -> {
            int[] padded = java.util.Arrays.copyOf(values, width);
            TInt32 tensor = TInt32.tensorOf(Shape.of(1, width), DataBuffers.of(padded));
            tensors.add(tensor);
            runner.feed(names.get(key).getAsString(), tensor);
          });
      try (Result result = runner.run()) {
        TFloat32 states = (TFloat32) result.get(0);
        int hidden = (int) states.shape().get(states.shape().numDimensions() - 1);
        float[] all = new float[width * hidden];
        states.copyTo(DataBuffers.of(all));
        return java.util.Arrays.copyOf(all, row.tokens() * hidden);
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }
}
