package org.smartbert.bench.rivals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.smartbert.bench.results.BenchCommand;
import org.smartbert.jobs.cli.console.ProgressLine;
import org.smartbert.jobs.cli.options.LengthOption;
import org.smartbert.jobs.cli.options.MethodOptions;
import org.smartbert.jobs.cli.options.TrainingOptions;
import org.smartbert.jobs.cli.options.WorkerOptions;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.Method;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.udfs.ExecutorModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code bin/bench rivals} starts. Exit codes: 0 done, 1 a rival failed, 2 wrong input. */
@Command(
    name = "rivals",
    sortOptions = false,
    abbreviateSynopsis = true,
    mixinStandardHelpOptions = true,
    description = {
      "Compares what can be used in place of SmartBERT: one Spark job with the same cores and rows"
          + " for each, its accuracy on the test rows, and what a million rows cost.",
      "",
      "Models that are missing in --models are trained with the options of train, and a training"
          + " that was cut off goes on. Thresholds are chosen on a tenth of the training file, for"
          + " the least FLOPs within one point of the accuracy of full depth.",
    })
public final class RivalsCommand implements Callable<Integer> {
  @Option(names = "--train", required = true, paramLabel = "FILE", description = "Labelled rows.")
  private String train;

  @Option(
      names = "--test",
      required = true,
      paramLabel = "FILE",
      description = "Labelled rows that nothing is chosen on.")
  private String test;

  @Option(
      names = "--text-column",
      defaultValue = "text",
      paramLabel = "COLUMN",
      description = "Text column (default: ${DEFAULT-VALUE}).")
  private String textColumn;

  @Option(
      names = "--label-column",
      defaultValue = "label",
      paramLabel = "COLUMN",
      description = "Label column (default: ${DEFAULT-VALUE}).")
  private String labelColumn;

  @Option(
      names = "--models",
      required = true,
      paramLabel = "FOLDER",
      description =
          "Local folder of the trained models: bert, minilm, distilbert, deebert, fastbert,"
              + " smartbert, smartbert-converted. It also gets the divided rows, the int8 models,"
              + " the ONNX graphs and the tables of the runs.")
  private Path models;

  @Option(
      names = "--backbone",
      defaultValue = "bge-small-en-v1.5",
      paramLabel = "DIR|NAME",
      description = "BERT to train from, as for train --model (default: ${DEFAULT-VALUE}).")
  private String backbone;

  @Option(
      names = "--small-backbone",
      defaultValue = "all-MiniLM-L6-v2",
      paramLabel = "DIR|NAME",
      description = "Smaller BERT of the model minilm (default: ${DEFAULT-VALUE}).")
  private String smallBackbone;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "Rivals to compare, separated by commas (default: all).")
  private List<String> only = List.of();

  @Option(
      names = "--score-precisions",
      split = ",",
      defaultValue = "fp32",
      paramLabel = "fp32|bf16|int8",
      description =
          "Precisions of the networks without --only, but for bert, which is scored in all of them"
              + " (default: ${DEFAULT-VALUE}).")
  private List<Precision> precisions;

  @Option(
      names = "--rows",
      defaultValue = "20000",
      paramLabel = "N",
      description =
          "Rows of a timed pass, at least: the test rows, repeated (default: ${DEFAULT-VALUE}).")
  private long rows;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      paramLabel = "K",
      description = "Timed passes of each rival, alternating (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--cores",
      paramLabel = "N",
      description = "Task slots of local Spark, a thread each (default: the machine's).")
  private Integer cores;

  @Option(
      names = "--price-per-core-hour",
      required = true,
      paramLabel = "PRICE",
      description = "Price of a core for an hour, in any currency.")
  private double price;

  @Option(
      names = "--results",
      required = true,
      paramLabel = "FILE",
      description = "CSV file to append the results to.")
  private Path results;

  @Mixin private LengthOption length;

  @Mixin private TrainingOptions training;

  @Mixin private WorkerOptions workers;

  public static void main(String[] arguments) {
    BenchCommand.run("rivals", new RivalsCommand(), arguments);
  }

  @Override
  public Integer call() throws IOException {
    training.validate(method(Method.SMARTBERT), 0.1);
    int slots = cores == null ? Runtime.getRuntime().availableProcessors() : cores;
    Comparison.Request request =
        new Comparison.Request(
            new TaskRows.Source(train, test, textColumn, labelColumn, settings(Method.BERT).seed()),
            models.toAbsolutePath(),
            new Recipe(
                backbone,
                smallBackbone,
                length.tokens(),
                this::settings,
                workers.workers(training.batchSize())),
            RivalList.chosen(only, precisions),
            new Comparison.Timing(rows, rounds, slots, price));
    ResultsFile file = new ResultsFile(results);
    file.requireAppendable();
    Comparison.Result result;
    try (SparkSession spark = session(slots)) {
      result = new Comparison(spark, ProgressLine::new).run(request);
    }
    System.out.println(ResultTable.of(result.conditions(), result.outcomes()));
    file.append(result.conditions(), result.outcomes());
    return result.hasFailures() ? 1 : 0;
  }

  private TrainingSettings settings(Method method) {
    return training.settings(method(method));
  }

  /** The options of {@code train} that a method alone sets. */
  private static MethodOptions method(Method method) {
    MethodOptions options = new MethodOptions();
    BenchCommand.line(options).parseArgs("--method=" + method.id());
    return options;
  }

  /** Local Spark with Delta, which the project's actions need; all models stay loaded. */
  private static SparkSession session(int cores) {
    return BenchCommand.session("rivals", cores)
        .config("spark.sql.shuffle.partitions", cores)
        .config(ExecutorModels.MAX_MODELS, RivalList.names().size())
        .config(ExecutorModels.MAX_BYTES, "64g")
        .getOrCreate();
  }
}
