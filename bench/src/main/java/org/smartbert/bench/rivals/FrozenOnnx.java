package org.smartbert.bench.rivals;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.smartbert.bench.peers.OnnxBert;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.udfs.ModelReference;

/**
 * The pretrained backbone in ONNX Runtime as it is, and a linear classifier on the last state of
 * [CLS], which is a part of the graph that scores. No layer is fine-tuned.
 */
record FrozenOnnx(Models models) implements Rival {
  @Override
  public String name() {
    return "onnx-frozen-fp32";
  }

  @Override
  public Fitted fit(TaskRows rows) throws IOException {
    Path directory = models.backbone();
    ModelDirectory.Contents backbone = ModelDirectory.openBackbone(directory);
    BertConfig config = backbone.config();
    OnnxModel encoder = write("encoder", directory, config, backbone.weights());
    LinearClassifier linear =
        LinearClassifier.fit(
            features(rows.rows(TaskRows.Part.TRAIN), encoder),
            features(rows.rows(TaskRows.Part.VALIDATION), encoder),
            rows.labels());
    Map<String, HostTensor> weights = new HashMap<>(backbone.weights());
    String head = "classifiers." + (config.layers() - 1) + ".output.";
    double[] bias = linear.model().interceptVector().toArray();
    double[] matrix = rowMajor(linear.model().coefficientMatrix());
    put(weights, head + "weight", matrix, bias.length, config.hiddenSize());
    put(weights, head + "bias", bias, bias.length);
    return new FineTunedOnnx.Scorer(
        write(name(), directory, config, weights),
        rows.labels(),
        "backbone not trained, " + linear.detail());
  }

  private OnnxModel write(
      String name, Path directory, BertConfig config, Map<String, HostTensor> weights)
      throws IOException {
    return OnnxModel.write(
        OnnxBert.of(config, weights, OnnxBert.Arithmetic.FP32),
        models.folder().resolve("onnx").resolve(name + ".onnx"),
        directory,
        ModelReference.longestRow(models.maxTokens(), config, directory.toString()));
  }

  private static Dataset<Row> features(Dataset<Row> rows, OnnxModel encoder) {
    return OnnxRows.features(rows, encoder)
        .withColumn(LinearClassifier.FEATURES, array_to_vector(col(LinearClassifier.FEATURES)));
  }

  private static double[] rowMajor(Matrix matrix) {
    // MLlib's dense matrices are column-major; the transposed one's columns are the rows.
    return matrix.transpose().toArray();
  }

  private static void put(
      Map<String, HostTensor> weights, String name, double[] values, long... shape) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    weights.put(name, HostTensor.of(name, floats, shape));
  }
}
