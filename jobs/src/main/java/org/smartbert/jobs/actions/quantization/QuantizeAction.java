package org.smartbert.jobs.actions.quantization;

import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.io.LearnedRows;
import org.smartbert.jobs.io.OutputFolder;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.Quantisation;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.TextColumns;

/** Carries out a {@link QuantizeRequest}, on the driver. */
public record QuantizeAction(JobContext context) {
  private static final int STEPS = 4;

  /**
   * Calibrates on sample rows, compares the int8 model with the other on them, and writes it.
   *
   * @throws InvalidInputException for a sample without texts, a model that is quantised already, or
   *     an output that is not free
   */
  public QuantizeResult run(QuantizeRequest request) {
    OutputFolder output = new OutputFolder(request.output(), context.hadoop());
    output.requireFree();
    Path source = ModelReference.local(request.model(), context.hadoop());
    ModelDirectory.Contents contents = ModelDirectory.openModel(source);
    if (ModelDirectory.isQuantised(source)) {
      throw new InvalidInputException(
          "The model %s is already quantised; give the model that train wrote.", request.model());
    }
    int maxTokens =
        ModelReference.longestRow(request.maxTokens(), contents.config(), request.model());
    try (Progress progress = context.progress().start("Quantizing")) {
      progress.show(0, STEPS, "reading the sample");
      List<EncodedText> sample = sample(request, source, contents, maxTokens);
      progress.show(1, STEPS, "calibrating");
      Quantisation.Result result = Quantisation.of(contents.config(), contents.weights(), sample);
      progress.show(2, STEPS, "writing the model");
      QuantizeResult compared =
          output.writeLocally(
              int8 -> {
                ModelDirectory.write(
                    int8,
                    contents.config(),
                    result.tensors().values(),
                    result.int8(),
                    source,
                    Map.of());
                LearnedRows.handOn(source.toString(), int8.toString(), context.hadoop());
                progress.show(3, STEPS, "comparing");
                List<Decision> exact = decisions(source, maxTokens, Precision.FP32, sample);
                List<Decision> rounded = decisions(int8, maxTokens, Precision.INT8, sample);
                return result(side(source, exact), side(int8, rounded), exact, rounded);
              });
      progress.show(STEPS, STEPS, "done");
      return compared;
    }
  }

  private List<EncodedText> sample(
      QuantizeRequest request, Path source, ModelDirectory.Contents contents, int maxTokens) {
    TextInput input = request.input();
    var rows = input.table().open(context.spark()).rows();
    Column first = TextColumns.text(rows.schema(), input.textColumn(), "--text-column");
    Column pair =
        input
            .pairColumn()
            .map(name -> TextColumns.text(rows.schema(), name, "--pair-column"))
            .orElse(first);
    List<Row> texts =
        rows.filter(first.isNotNull())
            .select(first, pair)
            .orderBy(xxhash64(first))
            .limit(request.sampleRows())
            .collectAsList();
    if (texts.isEmpty()) {
      throw new InvalidInputException(
          "The input %s holds no row with a text in %s; an int8 model is calibrated on some.",
          input.table().location(), input.textColumn());
    }
    List<EncodedText> encoded = new ArrayList<>();
    try (TextEncoder encoder = TextEncoder.open(source, contents.config(), maxTokens)) {
      for (Row row : texts) {
        String second = input.pairColumn().isPresent() ? row.getString(1) : null;
        encoded.add(encoder.encode(row.getString(0), second));
      }
    }
    return encoded;
  }

  private static List<Decision> decisions(
      Path directory, int maxTokens, Precision precision, List<EncodedText> sample) {
    try (SmartBertModel loaded =
        SmartBertModel.load(directory, maxTokens, precision, TorchDevice.CPU)) {
      Method method = loaded.config().mechanism().method();
      return loaded.classifier(InferenceSettings.defaults(method)).decide(sample);
    }
  }

  private static QuantizeResult result(
      QuantizeResult.Side before,
      QuantizeResult.Side after,
      List<Decision> exact,
      List<Decision> rounded) {
    int same = 0;
    for (int i = 0; i < exact.size(); i++) {
      same += exact.get(i).label() == rounded.get(i).label() ? 1 : 0;
    }
    return new QuantizeResult(exact.size(), same, before, after);
  }

  private static QuantizeResult.Side side(Path directory, List<Decision> decisions) {
    double flops = decisions.stream().mapToDouble(Decision::flops).sum();
    double full = decisions.stream().mapToDouble(Decision::flopsFull).sum();
    try {
      return new QuantizeResult.Side(
          flops / full, Files.size(directory.resolve("model.safetensors")));
    } catch (IOException e) {
      throw new UncheckedIOException("The weights in " + directory + " could not be read", e);
    }
  }
}
