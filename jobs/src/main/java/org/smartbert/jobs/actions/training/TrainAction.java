package org.smartbert.jobs.actions.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.actions.evaluation.Floor;
import org.smartbert.jobs.actions.evaluation.FloorAttempt;
import org.smartbert.jobs.actions.evaluation.WordCountFloor;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.history.TrainingMetricsTable;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.OutputFolder;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.training.Metric;
import org.smartbert.model.training.Purpose;
import org.smartbert.model.training.TrainingEvent;
import org.smartbert.model.training.TrainingSettings;

/** Carries out a {@link TrainRequest}. */
public record TrainAction(JobContext context) {
  private static final String SOFT_THROUGHOUT =
      "All epochs of stage 1 train soft gates, and scoring reads gates as hard ones: its best epoch"
          + " is chosen by hard gates that were never trained as such.";

  /**
   * Trains. A run that was interrupted resumes from its last checkpoint.
   *
   * @throws InvalidInputException before any work, for rows, settings, a backbone or an output that
   *     do not fit
   */
  public TrainResult run(TrainRequest request) {
    TrainRequest.Model model = request.model();
    // Before anything is downloaded.
    new OutputFolder(model.output(), context.hadoop()).requireFree();
    String backbone = Backbones.locate(model.backbone(), context);
    try (ExecutorWatch watch = ExecutorWatch.of(context.spark().sparkContext())) {
      return run(request.with(model.from(backbone)), watch);
    }
  }

  private TrainResult run(TrainRequest request, ExecutorWatch watch) {
    SparkSession spark = context.spark();
    TrainRequest.Model model = request.model();
    TrainingSetup setup =
        TrainingSetup.of(
            context, model, Purpose.FINE_TUNING, request.rows().input(), request.workers());
    StartingPoint start = setup.start();
    BertConfig config = start.config();
    LabelledRows labelled = request.rows().input().labelledBy(request.rows().labelColumn());
    TrainingIdentity identity =
        TrainingIdentity.of(request, setup.digest(), setup.maxTokens(), spark);
    TrainingInputs inputs = TrainingInputs.open(context, identity);
    InputTable.Pinned source = inputs.train();
    labelled.validate(source.rows().schema());
    List<String> labels = labelled.labels(source.rows());
    start.config(labels);
    List<String> notes = new ArrayList<>(inputs.notes());
    notes.addAll(source.notes());
    notes.add(labelled.count(source.rows()).describe(identity.input().location()));
    LabelledRows.lookAlikes(labels).ifPresent(notes::add);
    start.note(labels).ifPresent(notes::add);
    if (model.mechanism().skips() && !request.settings().trainsHardGates()) {
      notes.add(SOFT_THROUGHOUT);
    }
    Dataset<Row> rows = rows(request, labelled, inputs, labels, notes);
    tell(notes);
    long trainRows = requireRows(rows);
    List<String> overlap = TextOverlap.of(rows).warning().stream().toList();
    tell(overlap);
    notes.addAll(overlap);
    TrainingSettings settings =
        request
            .settings()
            .withClassWeights(
                request.classWeights().of(labels, () -> rowsByClass(rows, labels.size())));
    if (settings.optimisation().frozen().layers() > config.layers()) {
      throw new InvalidInputException(
          "--freeze-layers is %d, and the model in %s has %d layers.",
          settings.optimisation().frozen().layers(), model.backbone(), config.layers());
    }
    String digest = identity.of(inputs, labels, trainRows, settings);
    TrainingPlan plan =
        new TrainingPlan(
            new TrainingPlan.Network(
                setup.location(),
                Purpose.FINE_TUNING,
                model.mechanism(),
                labels,
                config.layers(),
                setup.maxTokens()),
            setup.output(),
            trainRows,
            settings,
            setup.workers(),
            new TrainingPlan.Run(
                identity.command(),
                request.runId().orElse("train-" + digest),
                identity.request(),
                digest));
    TrainingJob.Result job =
        new TrainingJob(context, plan, watch)
            .run(rows, identity.input().location(), inputs, directory -> {});
    TrainingMetricsTable metrics = new TrainingMetricsTable(spark, context.tablesRoot());
    FloorAttempt attempt =
        request.rows().floor() == Floor.ON ? floor(plan, rows, metrics) : FloorAttempt.NONE;
    List<String> warnings = attempt.note().stream().toList();
    tell(warnings);
    notes.addAll(warnings);
    return new TrainResult(plan, job, notes, metrics.location(), attempt.floor());
  }

  /** A word count on the rows of the run, when its model is complete. */
  private static FloorAttempt floor(
      TrainingPlan plan, Dataset<Row> rows, TrainingMetricsTable metrics) {
    return FloorAttempt.of(
        "The model " + plan.output() + " is complete",
        () -> {
          WordCountFloor floor = WordCountFloor.heldOut(rows, plan.network().labels().size());
          metrics.appendFloor(
              plan.run().id(),
              new TrainingEvent.Scores(
                  Metric.ACCURACY.of(floor.confusion()),
                  Metric.F1.of(floor.confusion()),
                  Metric.MCC.of(floor.confusion())));
          return floor;
        });
  }

  /** Before the work, which may take hours. */
  private void tell(List<String> notes) {
    try (Progress progress = context.progress().start("train")) {
      notes.forEach(progress::note);
    }
  }

  /** Training rows of each class, in the labels' order. */
  private static List<Long> rowsByClass(Dataset<Row> rows, int classes) {
    List<Long> counts = new ArrayList<>(Collections.nCopies(classes, 0L));
    rows.filter("NOT validation")
        .groupBy("label")
        .count()
        .collectAsList()
        .forEach(row -> counts.set(row.getInt(0), row.getLong(1)));
    return counts;
  }

  private static Dataset<Row> rows(
      TrainRequest request,
      LabelledRows labelled,
      TrainingInputs inputs,
      List<String> labels,
      List<String> notes) {
    Dataset<Row> source = inputs.train().rows();
    if (request.rows().validation() instanceof TrainRequest.Validation.Share part) {
      return labelled.split(source, labels, part.share(), request.settings().seed());
    }
    if (request.rows().validation() instanceof TrainRequest.Validation.Groups groups) {
      return labelled.splitByGroup(
          source, labels, groups.column(), groups.share(), request.settings().seed());
    }
    String location = ((TrainRequest.Validation.Table) request.rows().validation()).location();
    InputTable.Pinned pinned = inputs.validation().orElseThrow();
    Dataset<Row> held = pinned.rows();
    labelled.validate(held.schema());
    notes.addAll(pinned.notes());
    notes.add(labelled.count(held).describe(location));
    Dataset<Row> validationRows = labelled.all(held, labels, true);
    if (!validationRows.filter("label < 0").isEmpty()) {
      throw new InvalidInputException(
          "The validation rows %s hold labels that the training rows do not have (%s); those have:"
              + " %s.",
          location, labelled.unknownLabels(held, labels), String.join(", ", labels));
    }
    return labelled.all(source, labels, false).union(validationRows);
  }

  /** Rows to train on; refuses an input that leaves nothing to train on or to validate with. */
  private static long requireRows(Dataset<Row> rows) {
    long held = rows.filter("validation").count();
    long train = rows.filter("NOT validation").count();
    if (held == 0 || train == 0) {
      throw new InvalidInputException(
          "There are %d training and %d validation rows with text and label; at least one of each"
              + " is needed.",
          train, held);
    }
    return train;
  }
}
