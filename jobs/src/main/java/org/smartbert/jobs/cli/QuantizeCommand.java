package org.smartbert.jobs.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.cli.console.ProgressLine;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LengthOption;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes an int8 model. */
@Command(
    name = "quantize",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Makes an int8 model of a trained one: 8-bit weights, and 8-bit inputs whose ranges are taken"
          + " from sample rows. score computes it in int8 with --precision int8.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert quantize --model models/reviews --output models/reviews-int8 \\",
      "    --input reviews.parquet --text-column review",
    })
final class QuantizeCommand implements Callable<Integer> {
  private static final int STEPS = 4;

  @Mixin private InputOptions input;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Model directory that train wrote.")
  private String model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the int8 model; must not exist or be empty.")
  private Path output;

  @Option(
      names = "--sample-rows",
      defaultValue = "512",
      paramLabel = "N",
      description =
          "Rows to calibrate on, drawn by a hash of the text (default: ${DEFAULT-VALUE}).")
  private int sampleRows;

  @Mixin private LengthOption length;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (sampleRows < 1) {
      throw new InvalidInputException("--sample-rows is %d; it must be 1 or more.", sampleRows);
    }
    ModelDirectory.requireFree(output);
    SparkSession spark = Sessions.open(spec);
    Path source = ModelReference.local(model, spark.sparkContext().hadoopConfiguration());
    ModelDirectory.Contents contents = ModelDirectory.openModel(source);
    if (ModelDirectory.isQuantised(source)) {
      throw new InvalidInputException(
          "The model %s is quantised already; give the model that train wrote.", model);
    }
    int maxTokens = length.of(contents.config(), model);
    try (ProgressLine progress = new ProgressLine("quantize")) {
      progress.show(0, STEPS, "reading the sample");
      List<EncodedText> sample = sample(spark, source, contents, maxTokens);
      progress.show(1, STEPS, "calibrating");
      Quantisation.Result result = Quantisation.of(contents.config(), contents.weights(), sample);
      progress.show(2, STEPS, "writing the model");
      ModelDirectory.write(
          output, contents.config(), result.tensors().values(), result.int8(), source, Map.of());
      progress.show(3, STEPS, "comparing");
      List<Decision> exact = decisions(source, maxTokens, Precision.FP32, sample);
      List<Decision> rounded = decisions(output, maxTokens, Precision.INT8, sample);
      progress.show(STEPS, STEPS, "done");
      summary(source, exact, rounded);
    }
    return 0;
  }

  private List<EncodedText> sample(
      SparkSession spark, Path source, ModelDirectory.Contents contents, int maxTokens) {
    var rows = input.table().open(spark).rows();
    StructType schema = rows.schema();
    String text = schema.fieldNames()[TextColumns.text(schema, input.textColumn, "--text-column")];
    String pair =
        input.pairColumn == null
            ? text
            : schema.fieldNames()[TextColumns.text(schema, input.pairColumn, "--pair-column")];
    var first = col("`" + text + "`");
    List<Row> texts =
        rows.filter(first.isNotNull())
            .select(first, col("`" + pair + "`"))
            .orderBy(xxhash64(first))
            .limit(sampleRows)
            .collectAsList();
    if (texts.isEmpty()) {
      throw new InvalidInputException(
          "The input %s holds no row with a text in %s; an int8 model is calibrated on some.",
          input.input, input.textColumn);
    }
    List<EncodedText> encoded = new ArrayList<>();
    try (TextEncoder encoder = TextEncoder.open(source, contents.config(), maxTokens)) {
      for (Row row : texts) {
        String second = input.pairColumn == null ? null : row.getString(1);
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

  private void summary(Path source, List<Decision> exact, List<Decision> rounded) {
    int same = 0;
    for (int i = 0; i < exact.size(); i++) {
      same += exact.get(i).label() == rounded.get(i).label() ? 1 : 0;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "Calibrated on %,d rows. Of these %,d keep their label at S = %s; cost %.3f, before"
            + " %.3f.%n",
        exact.size(),
        same,
        InferenceSettings.DEFAULT_ENTROPY_THRESHOLD,
        cost(rounded),
        cost(exact));
    out.printf(
        Locale.ROOT, "Weights: %.1f MB, before %.1f MB.%n", megabytes(output), megabytes(source));
    out.printf("Model: %s%n", output);
    out.flush();
  }

  private static double cost(List<Decision> decisions) {
    double flops = decisions.stream().mapToDouble(Decision::flops).sum();
    return flops / decisions.stream().mapToDouble(Decision::flopsFull).sum();
  }

  private static double megabytes(Path directory) {
    try {
      return Files.size(directory.resolve("model.safetensors")) / 1e6;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
