package org.smartbert.jobs.actions.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.history.EvaluationsTable;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.ModelSelection;

/** Carries out an {@link EvaluateRequest}. */
public record EvaluateAction(JobContext context) {
  /**
   * Evaluates every model, then appends all results at once.
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
            request.gates(),
            request.thresholds(),
            request.timingRows());
    List<Evaluation.Line> lines = new ArrayList<>();
    subjects.forEach(subject -> lines.addAll(evaluation.of(subject)));
    EvaluationsTable evaluations = new EvaluationsTable(context.spark(), context.tablesRoot());
    evaluations.append(lines.stream().map(Evaluation.Line::row).toList());
    return new EvaluateResult(lines, notes, evaluations.location());
  }
}
