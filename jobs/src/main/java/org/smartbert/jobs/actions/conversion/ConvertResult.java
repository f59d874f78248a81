package org.smartbert.jobs.actions.conversion;

import java.util.List;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.actions.training.TrainingJob;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.inference.Gates;

/**
 * What a conversion did.
 *
 * @param notes how the rows were read, and how many of them were used
 * @param lines the converted model against the classifier on the rows that were kept aside
 * @param metrics the table of loss terms and evaluations; accuracies there are agreements
 */
public record ConvertResult(
    TrainingPlan plan,
    TrainingJob.Result job,
    List<String> notes,
    List<Line> lines,
    TableLocation metrics) {
  /**
   * The converted model under one policy.
   *
   * @param gates whether layers were skipped
   * @param agreement its metrics compare with the classifier's answers; accuracy is the share of
   *     equal labels
   */
  public record Line(Gates gates, Evaluation.Line agreement) {}
}
