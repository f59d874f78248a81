package org.smartbert.bench.paper;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.actions.evaluation.EvaluateRequest;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.actions.evaluation.Floor;
import org.smartbert.jobs.actions.evaluation.Scores;
import org.smartbert.jobs.actions.training.ClassWeighting;
import org.smartbert.jobs.actions.training.TrainRequest;
import org.smartbert.jobs.actions.training.TrainResult;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.training.Metric;

/**
 * Trains and evaluates cells. A training that was killed resumes from its checkpoints, because its
 * cell has the same folder and the same run id again.
 *
 * @param models folder of the models, one folder a cell
 */
record CellRun(
    SmartBertJobs jobs,
    StartingBert backbone,
    Recipe recipe,
    TrainingPlan.Workers workers,
    Path models) {

  /**
   * Trains a cell unless its model is there, and evaluates it at all thresholds by one pass in
   * float32.
   */
  List<ResultLine> run(Cell cell, TaskRows rows) {
    ModelRecord trained = train(cell, rows);
    Path model = directory(cell, rows);
    List<Float> thresholds =
        Thresholds.of(cell.arm().mechanism(), ModelDirectory.config(model).classes());
    EvaluateRequest request =
        new EvaluateRequest(
            rows.heldOut(),
            Task.LABEL,
            List.of(ModelSelection.of(model.toString())),
            new EvaluateRequest.Policies(thresholds, Gates.ON),
            0,
            Floor.OFF);
    ResultLine.Training training =
        new ResultLine.Training(
            trained.rows(),
            recipe.steps(cell.arm(), trained.rows()),
            trained.seconds(),
            trained.validation(),
            recipe.describe());
    return jobs.evaluate(request).lines().stream()
        .map(line -> result(cell, rows.task(), line, thresholds.size(), training))
        .toList();
  }

  private ResultLine result(
      Cell cell, Task task, Evaluation.Line line, int thresholds, ResultLine.Training training) {
    Scores scores = line.scores(task.metric());
    return new ResultLine(
        cell,
        task.files().split(),
        line.threshold(),
        thresholds,
        new ResultLine.Measure(
            task.metric(), 100 * scores.value(), 100 * scores.low(), 100 * scores.high()),
        100 * line.scores(Metric.ACCURACY).value(),
        backbone.compute(line),
        line.result().rows(),
        training,
        LocalDate.now(ZoneOffset.UTC));
  }

  private ModelRecord train(Cell cell, TaskRows rows) {
    Path model = directory(cell, rows);
    Optional<ModelRecord> before = ModelRecord.of(model);
    if (before.isPresent()) {
      return before.get();
    }
    // A model without a record: the command was killed between the two.
    Folders.delete(model);
    Path start = backbone.directory();
    if (cell.arm() == Arm.DISTILBERT) {
      Cell teacher = cell.with(Arm.BERT);
      train(teacher, rows);
      start = directory(teacher, rows);
    }
    TrainResult result = jobs.train(request(cell, rows, start, model));
    ModelRecord trained =
        new ModelRecord(
            result.job().trainRows(),
            result.job().seconds(),
            100 * result.job().stageOne().scores().accuracy());
    trained.write(model);
    return trained;
  }

  private TrainRequest request(Cell cell, TaskRows rows, Path start, Path model) {
    return new TrainRequest(
        new TrainRequest.Rows(
            rows.train(),
            Task.LABEL,
            new TrainRequest.Validation.Share(Recipe.VALIDATION),
            Floor.OFF),
        new TrainRequest.Model(
            start.toString(),
            model.toString(),
            // The smaller of Recipe.MAX_TOKENS and the network's limit.
            Optional.empty(),
            cell.arm().mechanism()),
        recipe.settings(cell),
        new ClassWeighting.Equal(),
        workers,
        Optional.of(model.getFileName().toString()));
  }

  /** Removes a cell's model, if it is there. */
  void forget(Cell cell, TaskRows rows) {
    Path model = directory(cell, rows);
    ModelRecord.delete(model);
    Folders.delete(model);
  }

  /** Its name has all that the model depends on, so that no other campaign takes it for its own. */
  private Path directory(Cell cell, TaskRows rows) {
    String digest =
        Digests.of(
            List.of(recipe.describe(), backbone.directory().toString(), rows.train().toString()));
    return models.resolve(cell.slug() + "-" + digest).toAbsolutePath();
  }
}
