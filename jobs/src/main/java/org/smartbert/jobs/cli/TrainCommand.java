package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.evaluation.Floor;
import org.smartbert.jobs.actions.training.TrainRequest;
import org.smartbert.jobs.actions.training.TrainResult;
import org.smartbert.jobs.actions.training.TrainingJob;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LabelOption;
import org.smartbert.jobs.cli.options.LengthOption;
import org.smartbert.jobs.cli.options.MethodOptions;
import org.smartbert.jobs.cli.options.RunIdOption;
import org.smartbert.jobs.cli.options.TablesRootOption;
import org.smartbert.jobs.cli.options.TrainingOptions;
import org.smartbert.jobs.cli.options.WorkerOptions;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.inference.InferenceSettings;
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
          + " stages, on one or more executors, or one of the baselines of the paper.",
      "",
      "An interrupted run resumes from its last checkpoint when the same command is run again,"
          + " and produces the same model as an uninterrupted run.",
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
      description = "Validation rows with the same columns (default: a fraction of the input).")
  private String validation;

  @Option(
      names = "--validation-fraction",
      defaultValue = "0.1",
      paramLabel = "SHARE",
      description =
          "Fraction of the input held out for validation if --validation is not given"
              + " (default: ${DEFAULT-VALUE}).")
  private double validationFraction;

  @Option(
      names = "--group-column",
      paramLabel = "COLUMN",
      description =
          "Column that names a row's group: --validation-fraction holds out whole groups, for rows"
              + " that contain each other or have one source (default: none).")
  private String groupColumn;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|NAME",
      description =
          "BERT directory to start from: config.json, vocabulary, model.safetensors; or a name of"
              + " backbone list, if there is no directory of that name; or hf:ORG/NAME.")
  private String model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "Directory for the trained model, on any Hadoop file system; must not exist or be empty.")
  private String output;

  @Option(
      names = "--floor",
      defaultValue = "on",
      paramLabel = "on|off",
      description =
          "Whether a word count (TF-IDF and logistic regression) is compared with the trained model"
              + " on the validation rows. It is fitted after training, on at most 50,000 training"
              + " rows (default: ${DEFAULT-VALUE}).")
  private Floor floor;

  @Mixin private LengthOption length;

  @Mixin private MethodOptions method;

  @Mixin private TrainingOptions training;

  @Mixin private WorkerOptions workers;

  @Mixin private RunIdOption runId;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    method.validate();
    training.validate(method, validationFraction);
    TrainRequest request =
        new TrainRequest(
            new TrainRequest.Rows(input.textInput(), label.column(), validationRows(), floor),
            new TrainRequest.Model(model, output, length.tokens(), method.mechanism()),
            training.settings(method),
            training.classWeighting(),
            workers.workers(training.batchSize()),
            runId.id());
    TrainResult result = Jobs.of(spec, tablesRoot.path()).train(request);
    PrintWriter out = spec.commandLine().getOut();
    print(out, result);
    out.flush();
    return 0;
  }

  private TrainRequest.Validation validationRows() {
    if (validation != null && groupColumn != null) {
      throw new InvalidInputException(
          "--group-column divides the input into training and validation rows, and --validation"
              + " gives validation rows; give one of them.");
    }
    if (validation != null) {
      return new TrainRequest.Validation.Table(validation);
    }
    return groupColumn == null
        ? new TrainRequest.Validation.Share(validationFraction)
        : new TrainRequest.Validation.Groups(validationFraction, groupColumn);
  }

  /** Prints what a run did. */
  static void print(PrintWriter out, TrainResult result) {
    TrainingPlan plan = result.plan();
    TrainingJob.Result job = result.job();
    out.printf(
        Locale.ROOT,
        "Trained %s on %,d rows, validated on %,d, %d labels, learning rate %s, in %.0f s.%n",
        plan.network().mechanism().method().id(),
        job.trainRows(),
        job.validationRows(),
        plan.network().labels().size(),
        job.learningRate(),
        job.seconds());
    out.printf(
        Locale.ROOT,
        "Validation accuracy %.4f without exits (cost %.3f, %.2f layers)",
        job.stageOne().scores().accuracy(),
        job.stageOne().cost(),
        job.stageOne().meanLayers());
    if (plan.network().mechanism().exits()) {
      out.printf(
          Locale.ROOT,
          ", %.4f with exits at S = %s (cost %.3f, %.2f layers)",
          job.last().scores().accuracy(),
          InferenceSettings.DEFAULT_ENTROPY_THRESHOLD,
          job.last().cost(),
          job.last().meanLayers());
    }
    out.println(".");
    result.floor().ifPresent(words -> FloorText.train(out, words, result.accuracy()));
    out.printf(
        "Model: %s%nMetrics: %s%nRun: %s%n",
        plan.output(), result.metrics().sql(), plan.run().id());
  }
}
