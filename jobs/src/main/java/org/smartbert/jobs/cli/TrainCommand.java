package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.training.ExecutorWatch;
import org.smartbert.jobs.actions.training.StartingPoint;
import org.smartbert.jobs.actions.training.TrainingJob;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LabelOption;
import org.smartbert.jobs.cli.options.LengthOption;
import org.smartbert.jobs.cli.options.MethodOptions;
import org.smartbert.jobs.cli.options.TablesRootOption;
import org.smartbert.jobs.cli.options.TrainingOptions;
import org.smartbert.jobs.cli.options.WorkerOptions;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.history.TrainingMetricsTable;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.udfs.ModelReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fine-tunes a model. */
@Command(
    name = "train",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Fine-tunes a SmartBERT model from a BERT directory on labelled rows, in the paper's two"
          + " stages, on one executor or several; or one of the systems that the paper compares it"
          + " with.",
      "",
      "A run that was killed goes on from its last checkpoint when the same command is given again,"
          + " and ends with the same model as an undisturbed one.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert train --input reviews.parquet --text-column review --label-column stars \\",
      "    --model bert-base-uncased --output models/reviews --learning-rate 2e-5",
    })
final class TrainCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Mixin private LabelOption label;

  @Option(
      names = "--validation",
      paramLabel = "PATH|TABLE",
      description = "Validation rows with the same columns (default: a share of the input).")
  private String validation;

  @Option(
      names = "--validation-fraction",
      defaultValue = "0.1",
      paramLabel = "SHARE",
      description = "Share of the input without --validation (default: ${DEFAULT-VALUE}).")
  private double validationFraction;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "BERT directory to start from: config.json, vocabulary, model.safetensors.")
  private String model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the trained model; must not exist or be empty.")
  private String output;

  @Mixin private LengthOption length;

  @Mixin private MethodOptions method;

  @Mixin private TrainingOptions training;

  @Mixin private WorkerOptions workers;

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description =
          "Name of the run; a run that was cut off goes on under the same name (default: made from"
              + " the input's version and all that the model depends on).")
  private String runId;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    method.validate();
    training.validate(validationFraction);
    SparkSession spark = Sessions.open(spec);
    try (ExecutorWatch watch = ExecutorWatch.of(spark.sparkContext())) {
      return train(spark, watch);
    }
  }

  private int train(SparkSession spark, ExecutorWatch watch) {
    TrainingPlan.Workers who =
        workers.workers(spark.sparkContext().getConf(), training.batchSize());
    who.device().requireOfExecutors(spark.sparkContext().getConf());
    var hadoop = spark.sparkContext().hadoopConfiguration();
    java.nio.file.Path backbone = ModelReference.local(model, hadoop);
    StartingPoint start = StartingPoint.of(backbone, method.mechanism());
    BertConfig config = start.config();
    int limit = length.of(config, model);
    String target =
        TableLocation.parse(output.contains("/") ? output : "./" + output, spark).name();
    if (!target.contains(":")) {
      ModelDirectory.requireFree(java.nio.file.Path.of(target));
    }
    LabelledRows labelled = label.of(input);
    InputTable.Pinned source = input.table().open(spark);
    labelled.validate(source.rows().schema());
    List<String> labels = labelled.labels(source.rows());
    start.config(labels);
    Dataset<Row> rows = rows(spark, labelled, source.rows(), labels);
    long trainRows = requireRows(rows);
    TrainingSettings settings =
        training.settings(
            method, labels, training.balancesClasses() ? byClass(rows, labels) : List.of());
    if (settings.frozenLayers() > config.layers()) {
      throw new InvalidInputException(
          "--freeze-layers is %d, and the model in %s has %d layers.",
          settings.frozenLayers(), model, config.layers());
    }
    String backbonePath =
        TableLocation.parse(model.contains("/") ? model : "./" + model, spark).name();
    String request =
        TrainingPlan.request(
            backbonePath + " " + ModelDirectory.digest(backbone),
            target,
            labels,
            limit,
            method.mechanism(),
            settings,
            source.version() + " " + input.input + " " + validation + " " + trainRows);
    String id = runId != null ? runId : "train-" + request;
    TrainingPlan plan =
        new TrainingPlan(
            backbonePath,
            target,
            labels,
            limit,
            trainRows,
            method.mechanism(),
            settings,
            who,
            request,
            id);
    TrainingMetricsTable metrics = new TrainingMetricsTable(spark, tablesRoot.path);
    TrainingJob.Result result =
        new TrainingJob(spark, plan, watch, new RunsTable(spark, tablesRoot.path), metrics)
            .run(rows, input.input, source.version());
    summary(spec.commandLine().getOut(), plan, result, metrics);
    return 0;
  }

  /** Training rows of each class, in the labels' order. */
  private static List<Long> byClass(Dataset<Row> rows, List<String> labels) {
    List<Long> counts = new ArrayList<>(Collections.nCopies(labels.size(), 0L));
    rows.filter("NOT validation")
        .groupBy("label")
        .count()
        .collectAsList()
        .forEach(row -> counts.set(row.getInt(0), row.getLong(1)));
    return counts;
  }

  private Dataset<Row> rows(
      SparkSession spark, LabelledRows labelled, Dataset<Row> source, List<String> labels) {
    if (validation == null) {
      return labelled.split(source, labels, validationFraction, training.seed());
    }
    Dataset<Row> held = new InputTable(validation, input.format, input.options).open(spark).rows();
    labelled.validate(held.schema());
    Dataset<Row> validationRows = labelled.all(held, labels, true);
    if (!validationRows.filter("label < 0").isEmpty()) {
      throw new InvalidInputException(
          "The validation rows %s hold labels that the training rows do not have (those are: %s).",
          validation, String.join(", ", labels));
    }
    return labelled.all(source, labels, false).union(validationRows);
  }

  /** Rows to train on; refuses an input that leaves nothing to train on or to validate with. */
  private static long requireRows(Dataset<Row> rows) {
    long held = rows.filter("validation").count();
    long train = rows.filter("NOT validation").count();
    if (held == 0 || train == 0) {
      throw new InvalidInputException(
          "There are %d training and %d validation rows with text and label; both are needed.",
          train, held);
    }
    return train;
  }

  private static void summary(
      PrintWriter out, TrainingPlan plan, TrainingJob.Result result, TrainingMetricsTable metrics) {
    out.printf(
        Locale.ROOT,
        "Trained %s on %,d rows, validated on %,d, %d labels, learning rate %s, in %.0f s.%n",
        plan.mechanism().method().word(),
        result.trainRows(),
        result.validationRows(),
        plan.labels().size(),
        result.learningRate(),
        result.seconds());
    out.printf(
        Locale.ROOT,
        "Validation accuracy %.4f without exits (cost %.3f, %.2f layers)",
        result.stageOne().accuracy(),
        result.stageOne().cost(),
        result.stageOne().meanLayers());
    if (plan.mechanism().exits()) {
      out.printf(
          Locale.ROOT,
          ", %.4f with exits at S = %s (cost %.3f, %.2f layers)",
          result.last().accuracy(),
          InferenceSettings.DEFAULT_ENTROPY_THRESHOLD,
          result.last().cost(),
          result.last().meanLayers());
    }
    out.printf(
        ".%nModel: %s%nMetrics: %s%nRun: %s%n",
        plan.output(), metrics.location().sql(), plan.runId());
    out.flush();
  }
}
