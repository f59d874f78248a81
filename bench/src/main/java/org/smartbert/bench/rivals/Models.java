package org.smartbert.bench.rivals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.actions.conversion.ConvertRequest;
import org.smartbert.jobs.actions.evaluation.EvaluateRequest;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.actions.evaluation.Floor;
import org.smartbert.jobs.actions.quantization.QuantizeRequest;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.training.TrainRequest;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.Method;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.training.Metric;
import org.smartbert.model.training.TrainingSettings;
import org.smartbert.udfs.ComputeDevice;

/**
 * The trained models of a folder, by name. One that is missing is trained; a training that was cut
 * off goes on from its last checkpoint.
 */
final class Models {
  private final JobContext context;
  private final Path folder;
  private final TaskRows rows;
  private final Recipe recipe;

  /** A training that failed is not tried again by the next rival that needs it. */
  private final Map<NetworkModel, RuntimeException> failures = new EnumMap<>(NetworkModel.class);

  private Double fullDepthAccuracy;

  Models(JobContext context, Path folder, TaskRows rows, Recipe recipe) {
    this.context = context;
    this.folder = folder;
    this.rows = rows;
    this.recipe = recipe;
  }

  /** The directory of the backbone, downloaded at the first call where it is a name. */
  Path backbone() {
    return Path.of(Backbones.locate(recipe.backbone(), context));
  }

  Optional<Integer> maxTokens() {
    return recipe.maxTokens();
  }

  /** Where files beside the models go. */
  Path folder() {
    return folder;
  }

  /** The directory of a model, trained if it is missing. */
  Path require(NetworkModel model) {
    Path directory = folder.resolve(model.folder());
    if (failures.containsKey(model)) {
      throw failures.get(model);
    }
    if (!isWritten(directory)) {
      try {
        make(model, directory);
      } catch (RuntimeException e) {
        failures.put(model, e);
        throw e;
      }
    }
    return directory;
  }

  private void make(NetworkModel model, Path directory) {
    if (model.method().isPresent()) {
      train(model, model.method().get(), directory);
    } else {
      convert(directory);
    }
  }

  /** The same for a precision: int8 has a directory of its own. */
  Path require(NetworkModel model, Precision precision) {
    Path trained = require(model);
    if (precision != Precision.INT8) {
      return trained;
    }
    Path quantized = folder.resolve(model.folder() + "-int8");
    if (!isWritten(quantized)) {
      QuantizeRequest defaults =
          QuantizeRequest.of(
              rows.input(TaskRows.Part.TRAIN), trained.toString(), quantized.toString());
      jobs()
          .quantize(
              new QuantizeRequest(
                  defaults.input(),
                  defaults.model(),
                  defaults.output(),
                  defaults.sampleRows(),
                  recipe.maxTokens()));
    }
    return quantized;
  }

  private static boolean isWritten(Path directory) {
    return Files.exists(directory.resolve("model.safetensors"));
  }

  private void train(NetworkModel model, Method method, Path output) {
    String start =
        switch (model) {
          case MINILM -> recipe.smallBackbone();
          case DISTILBERT -> require(NetworkModel.BERT).toString();
          default -> recipe.backbone();
        };
    TrainRequest request =
        TrainRequest.of(
                new TrainRequest.Rows(
                    rows.input(TaskRows.Part.TRAIN),
                    TaskRows.LABEL,
                    new TrainRequest.Validation.Table(rows.location(TaskRows.Part.VALIDATION)),
                    Floor.OFF),
                new TrainRequest.Model(
                    start, output.toString(), recipe.maxTokens(), method.mechanism()))
            .with(recipe.settings().apply(method))
            .with(recipe.workers());
    jobs().train(request);
  }

  /** Exits alone, at the rate that {@code convert} has by default: the network does not move. */
  private void convert(Path output) {
    TrainingSettings settings = recipe.settings().apply(Method.SMARTBERT);
    TrainingSettings.Epochs epochs = settings.epochs();
    ConvertRequest request =
        ConvertRequest.of(
                ConvertRequest.Rows.of(rows.input(TaskRows.Part.TRAIN)),
                new ConvertRequest.Model(
                    require(NetworkModel.BERT).toString(),
                    output.toString(),
                    recipe.maxTokens(),
                    Gates.OFF))
            .with(
                new ConvertRequest.Learning(
                    ConvertRequest.Learning.DEFAULT.rates(),
                    new TrainingSettings.Epochs(
                        0, 0, epochs.stageTwo(), epochs.maxSteps(), epochs.maxMinutes()),
                    settings.optimisation().batchSize(),
                    TrainingSettings.SKIP_LAMBDA,
                    settings.precision(),
                    settings.seed()))
            .with(recipe.workers());
    jobs().convert(request);
  }

  /** A model as it is scored. */
  ModelSelection select(NetworkModel model, Precision precision) {
    return new ModelSelection(
        require(model, precision).toString(),
        recipe.maxTokens(),
        Optional.of(precision),
        ComputeDevice.Requested.CPU);
  }

  /** A model at several thresholds on the validation rows; at full depth alone without exits. */
  List<Evaluation.Line> validated(ModelSelection model, List<Float> thresholds, Gates gates) {
    EvaluateRequest request =
        new EvaluateRequest(
            rows.input(TaskRows.Part.VALIDATION),
            TaskRows.LABEL,
            List.of(model),
            new EvaluateRequest.Policies(thresholds, gates),
            0,
            Floor.OFF);
    return jobs().evaluate(request).lines();
  }

  /** The accuracy of {@link NetworkModel#BERT} in float32 on the validation rows. */
  double fullDepthAccuracy() {
    if (fullDepthAccuracy == null) {
      ModelSelection bert = select(NetworkModel.BERT, Precision.FP32);
      fullDepthAccuracy =
          validated(bert, List.of(0f), Gates.OFF).get(0).scores(Metric.ACCURACY).value();
    }
    return fullDepthAccuracy;
  }

  private SmartBertJobs jobs() {
    return SmartBertJobs.with(context.spark())
        .tablesRoot(context.tablesRoot())
        .progress(context.progress());
  }
}
