package org.smartbert.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Decision;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;
import org.smartbert.udfs.AdaptiveScoring;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PredictionSchema;
import org.smartbert.udfs.ScoringCounters;
import org.smartbert.udfs.ScoringRequest;

/**
 * What Spark and Delta cost: the same texts by the bare engine in a loop, and by the scorer from
 * Parquet to a Delta table on local Spark with one core. Arguments: a model directory, a TSV file
 * with a header, its text column, the rows to make of it by repetition, and, if the network is to
 * have BERT-base sizes and random weights, with the model's vocabulary, or base.
 */
public final class SparkBench {
  private static final int REPEATS = 5;
  private static final int MAX_TOKENS = 64;

  private SparkBench() {}

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[3]);
    Path folder = java.nio.file.Files.createTempDirectory("smartbert-bench-");
    String model = arguments.length > 4 ? enlarged(arguments[0], folder) : arguments[0];
    try (SparkSession spark = session()) {
      List<String> once =
          spark
              .read()
              .option("header", true)
              .option("sep", "\t")
              .option("quote", "")
              .csv(arguments[1])
              .select(arguments[2])
              .as(Encoders.STRING())
              .collectAsList();
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        texts.add(once.get(i % once.size()));
      }
      String input = folder.resolve("texts").toString();
      spark.createDataset(texts, Encoders.STRING()).toDF("text").coalesce(1).write().parquet(input);
      List<Double> bare = new ArrayList<>();
      List<Double> job = new ArrayList<>();
      try (SmartBertModel loaded =
          SmartBertModel.load(Path.of(model), MAX_TOKENS, Precision.FP32, TorchDevice.CPU)) {
        for (int repeat = -1; repeat < REPEATS; repeat++) {
          double alone = bare(loaded, texts);
          double scored = job(spark, model, input, folder.resolve("scored" + repeat).toString());
          if (repeat >= 0) {
            bare.add(alone);
            job.add(scored);
          }
        }
      }
      double engine = count / Processes.median(bare);
      double spark1 = count / Processes.median(job);
      System.out.println("| rows | bare engine, rows/s | Spark to Delta, rows/s | share |");
      System.out.println("|---|---|---|---|");
      System.out.printf(
          Locale.ROOT, "| %d | %.0f | %.0f | %.3f |%n", count, engine, spark1, spark1 / engine);
    }
  }

  private static String enlarged(String model, Path folder) {
    RandomBert.Network base = RandomBert.network();
    Path directory = folder.resolve("base");
    ModelDirectory.write(
        directory, base.config(), base.weights().values(), Path.of(model), Map.of());
    return directory.toString();
  }

  private static SparkSession session() {
    return SparkSession.builder()
        .master("local[1]")
        .appName("bench")
        .config("spark.ui.enabled", false)
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .getOrCreate();
  }

  private static double bare(SmartBertModel model, List<String> texts) {
    long started = System.nanoTime();
    Iterator<EncodedText> rows = texts.stream().map(model.encoder()::encode).iterator();
    long flops = 0;
    try (var decisions =
        model.classifier(InferenceSettings.defaults(Method.SMARTBERT)).classify(rows)) {
      while (decisions.hasNext()) {
        Decision decision = decisions.next();
        flops += decision.flops();
      }
    }
    if (flops == 0) {
      throw new IllegalStateException("Nothing was computed");
    }
    return (System.nanoTime() - started) / 1e9;
  }

  private static double job(SparkSession spark, String model, String input, String output) {
    ScoringRequest request =
        new ScoringRequest(
            new ScoringRequest.Columns("text", null),
            ModelReference.to(
                model, MAX_TOKENS, Precision.FP32, ComputeDevice.CPU, new Configuration()),
            InferenceSettings.DEFAULT_ENTROPY_THRESHOLD,
            Gates.ON,
            new PredictionSchema("", PredictionSchema.Logits.DROP),
            UUID.randomUUID().toString());
    long started = System.nanoTime();
    Dataset<Row> rows = spark.read().parquet(input);
    AdaptiveScoring.score(rows, request, ScoringCounters.register(spark.sparkContext()))
        .write()
        .format("delta")
        .save(output);
    return (System.nanoTime() - started) / 1e9;
  }
}
