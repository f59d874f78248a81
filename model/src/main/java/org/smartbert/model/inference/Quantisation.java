package org.smartbert.model.inference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.checkpoint.CheckpointNames;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.text.EncodedText;

/**
 * An int8 form of a model, calibrated on sample rows. Each large product's weight becomes whole
 * steps from -127 to 127 of one scale an output; what it takes in, unsigned steps of one scale,
 * found as the largest absolute value that the sample showed there.
 */
public final class Quantisation {
  /** GELU is never below this, so its results need hardly any negative steps. */
  private static final float GELU_MINIMUM = -0.17f;

  private static final ExitPolicy EVALUATE_ALL = new ExitPolicy.EvaluateAll();

  private Quantisation() {}

  /**
   * A quantised model's tensors.
   *
   * @param tensors by name: all of the model's, {@code X.weight_scale [out]} for each weight in
   *     steps and {@code X.input_scale []} for each product
   * @param int8 the names of the weights in steps
   */
  public record Result(Map<String, HostTensor> tensors, Set<String> int8) {}

  /**
   * Quantises a model.
   *
   * @param sample rows like those that will be scored; all layers see all of them, with gates and
   *     without
   */
  public static Result of(
      BertConfig config, Map<String, HostTensor> weights, List<EncodedText> sample) {
    CheckpointNames names = new CheckpointNames(config);
    Map<String, HostTensor> tensors = new LinkedHashMap<>(weights);
    try (SmartBertModel model = SmartBertModel.observing(config, weights)) {
      for (Gates gates : Gates.values()) {
        model.classifier(InferenceSettings.of(EVALUATE_ALL, gates)).decide(sample);
      }
      Map<String, Float> largest = model.largestInputs();
      for (int i = 0; i < config.layers(); i++) {
        shareOneScale(largest, readersOf(i));
      }
      largest.forEach((name, value) -> tensors.put(name, inputScale(name, value)));
    }
    for (String name : names.int8Weights()) {
      HostTensor weight = weights.get(name);
      float[] scales = scales(weight);
      tensors.put(name, steps(weight, scales));
      tensors.put(name + "_scale", HostTensor.of(name + "_scale", scales, scales.length));
    }
    return new Result(tensors, Set.copyOf(names.int8Weights()));
  }

  /**
   * What takes in X^i: layer i + 1 and its gate, and classifier i (counted from 1 here), where the
   * network has them.
   */
  private static List<String> readersOf(int i) {
    List<String> names = new ArrayList<>();
    names.add("bert.encoder.layer." + i + ".attention.self.input_scale");
    names.add("gates." + i + ".projection.input_scale");
    if (i > 0) {
      names.add("classifiers." + (i - 1) + ".projection.input_scale");
    }
    return names;
  }

  /** So that the states are put into steps once for all that take them in. */
  private static void shareOneScale(Map<String, Float> largest, List<String> readers) {
    List<String> names = readers.stream().filter(largest::containsKey).toList();
    float most = (float) names.stream().mapToDouble(largest::get).max().orElseThrow();
    names.forEach(name -> largest.put(name, most));
  }

  private static HostTensor inputScale(String name, float largest) {
    boolean afterGelu =
        name.endsWith(".output.dense.input_scale")
            && !name.endsWith(".attention.output.dense.input_scale");
    float scale = afterGelu ? (largest - GELU_MINIMUM) / 254 : largest / 127;
    return HostTensor.of(name, new float[] {Math.max(scale, 1e-6f)});
  }

  private static float[] scales(HostTensor weight) {
    int rows = Math.toIntExact(weight.shape().get(0));
    int columns = weight.size() / rows;
    float[] scales = new float[rows];
    for (int i = 0; i < weight.size(); i++) {
      scales[i / columns] = Math.max(scales[i / columns], Math.abs(weight.values().get(i)) / 127);
    }
    for (int r = 0; r < rows; r++) {
      scales[r] = Math.max(scales[r], 1e-30f);
    }
    return scales;
  }

  private static HostTensor steps(HostTensor weight, float[] scales) {
    int columns = weight.size() / scales.length;
    float[] steps = new float[weight.size()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = Math.round(weight.values().get(i) / scales[i / columns]);
    }
    return HostTensor.of(weight.name(), steps, weight.dimensions());
  }
}
