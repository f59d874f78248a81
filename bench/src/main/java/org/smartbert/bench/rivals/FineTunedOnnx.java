package org.smartbert.bench.rivals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.smartbert.bench.peers.OnnxBert;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.udfs.ModelReference;

/**
 * The fine-tuned network at full depth in ONNX Runtime: what export, graph optimisation and, for
 * int8, dynamic quantisation make of it.
 */
record FineTunedOnnx(Models models, OnnxBert.Arithmetic arithmetic) implements Rival {
  @Override
  public String name() {
    return "onnx-" + arithmetic.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Fitted fit(TaskRows rows) throws IOException {
    Path directory = models.require(NetworkModel.BERT);
    ModelDirectory.Contents contents = ModelDirectory.openModel(directory);
    OnnxModel model =
        OnnxModel.write(
            OnnxBert.of(contents.config(), contents.weights(), arithmetic),
            models.folder().resolve("onnx").resolve(name() + ".onnx"),
            directory,
            ModelReference.longestRow(models.maxTokens(), contents.config(), directory.toString()));
    return new Scorer(
        model,
        new Labels(contents.config().labels()),
        arithmetic == OnnxBert.Arithmetic.INT8
            ? "the weights of bert, dynamic quantisation"
            : "the weights of bert");
  }

  /**
   * A graph whose output are logits.
   *
   * @param labels in the order of the logits
   */
  record Scorer(OnnxModel model, Labels labels, String detail) implements Fitted {
    @Override
    public Dataset<Row> score(Dataset<Row> rows) {
      return OnnxRows.predictions(rows, model, labels);
    }
  }
}
