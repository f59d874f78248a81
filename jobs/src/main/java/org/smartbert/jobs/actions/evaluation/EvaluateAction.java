package org.smartbert.jobs.actions.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.history.EvaluationsTable;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.ModelSelection;

/** Carries out an {@link EvaluateRequest}. */
public record EvaluateAction(JobContext context) {
  /**
   * Evaluates every model, then appends all results at once. A word count is fitted after that.
   *
   * @throws org.smartbert.model.InvalidInputException for rows, labels or models that do not fit
   */
  public EvaluateResult run(EvaluateRequest request) {
    InputTable table = request.input().table();
    InputTable.Pinned rows = table.open(context.spark());
    LabelledRows labelled = request.input().labelledBy(request.labelColumn());
    labelled.validate(rows.rows().schema());
    List<String> notes = new ArrayList<>(rows.notes());
    notes.add(labelled.count(rows.rows()).describe(table.location()));
    List<Evaluation.Subject> subjects = new ArrayList<>();
    for (ModelSelection model : request.models()) {
      ModelSelection.Resolved resolved = Backbones.locate(model, context).resolve(context.spark());
      subjects.add(
          new Evaluation.Subject(
              model.location(), resolved.local(), resolved.config(), resolved.reference()));
    }
    Evaluation evaluation =
        new Evaluation(
            labelled,
            rows,
            table.location(),
            request.policies().gates(),
            request.policies().thresholds(),
            request.timingRows());
    List<Evaluation.Line> lines = new ArrayList<>();
    subjects.forEach(subject -> lines.addAll(evaluation.of(subject)));
    EvaluationsTable evaluations = new EvaluationsTable(context.spark(), context.tablesRoot());
    evaluations.append(lines.stream().map(Evaluation.Line::row).toList());
    Optional<WordCountFloor> floor = Optional.empty();
    if (request.floor() == Floor.ON && !lines.isEmpty()) {
      FloorAttempt attempt =
          floor(
              lines.get(0),
              () -> labelled.all(rows.rows(), subjects.get(0).config().labels(), true),
              "The table " + evaluations.location().sql() + " has the evaluation");
      attempt.note().ifPresent(notes::add);
      floor = attempt.floor();
    }
    return new EvaluateResult(lines, notes, evaluations.location(), floor);
  }

  /**
   * A word count on the evaluated rows, or why there is none.
   *
   * @param line of any model, for the rows' labels
   * @param rows (first STRING, second STRING, label INT)
   */
  private FloorAttempt floor(Evaluation.Line line, Supplier<Dataset<Row>> rows, String done) {
    PolicyResult result = line.result();
    if (result.rows() < WordCountFloor.FEWEST_ROWS) {
      return without(
          String.format(
              Locale.ROOT,
              "No word count was fitted to compare with: that needs %d rows, and there are %d.",
              WordCountFloor.FEWEST_ROWS,
              result.rows()));
    }
    int classes = result.confusion().length;
    if (Arrays.stream(result.confusion()).filter(row -> Arrays.stream(row).sum() > 0).count() < 2) {
      return without("No word count was fitted to compare with: all rows have the same label.");
    }
    try (Progress progress = context.progress().start("Word count")) {
      return FloorAttempt.of(
          done,
          () ->
              WordCountFloor.crossFitted(
                  rows.get(),
                  classes,
                  folds -> progress.show(folds, WordCountFloor.FOLDS, "folds")));
    }
  }

  private static FloorAttempt without(String reason) {
    return new FloorAttempt(Optional.empty(), Optional.of(reason));
  }
}
