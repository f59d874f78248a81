package org.smartbert.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
 * from, with the exact GELU (see {@link ErfGelu}), and as it is with {@code -Dgelu=tanh}, which the
 * environment's JDK_JAVA_OPTIONS gives to bin/bench. Arguments: the SavedModel's folder, whose
 * assets/model.json names inputs and output, then those of FidelityBench. A build with -Ptensorflow
 * has it.
 */
public final class TensorFlowFidelityBench {
  private TensorFlowFidelityBench() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    JsonObject names =
        JsonParser.parseString(Files.readString(folder.resolve("assets/model.json")))
            .getAsJsonObject();
    int width = names.get("maxSequenceLength").getAsInt();
    Path exact = Files.createTempDirectory("saved-model-");
    try (SavedModelBundle model = SavedModelBundle.load(graph(folder, exact).toString())) {
      FidelityBench.run(row -> hiddenStates(model, names, row, width), width, arguments);
    } finally {
      try (Stream<Path> files = Files.list(exact)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.delete(file);
        }
      }
      Files.delete(exact);
    }
  }

  private static Path graph(Path folder, Path exact) throws IOException {
    if (System.getProperty("gelu", "erf").equals("tanh")) {
      return folder;
    }
    System.err.println(ErfGelu.write(folder, exact) + " nodes compute GELU by erf now.");
    return exact;
  }

  private static float[] hiddenStates(
      SavedModelBundle model, JsonObject names, EncodedText row, int width) {
    int[] ones = new int[row.tokens()];
    Arrays.fill(ones, 1);
    Map<String, int[]> inputs =
        Map.of(
            "inputIds", row.inputIds(), "inputMask", ones, "segmentIds", row.tokenTypeIds());
    var runner = model.session().runner().fetch(names.get("sequenceOutput").getAsString());
    List<Tensor> tensors = new ArrayList<>();
    try {
      inputs.forEach(
          (key, values) -> {
            int[] padded = Arrays.copyOf(values, width);
            TInt32 tensor = TInt32.tensorOf(Shape.of(1, width), DataBuffers.of(padded));
            tensors.add(tensor);
            runner.feed(names.get(key).getAsString(), tensor);
          });
      try (Result result = runner.run()) {
        TFloat32 states = (TFloat32) result.get(0);
        int hidden = (int) states.shape().get(states.shape().numDimensions() - 1);
        float[] all = new float[width * hidden];
        states.copyTo(DataBuffers.of(all));
        return Arrays.copyOf(all, row.tokens() * hidden);
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }
}
