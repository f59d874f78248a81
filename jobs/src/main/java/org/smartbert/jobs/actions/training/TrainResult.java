package org.smartbert.jobs.actions.training;

import java.util.List;
import java.util.Optional;
import org.smartbert.jobs.actions.evaluation.Scores;
import org.smartbert.jobs.actions.evaluation.WordCountFloor;
import org.smartbert.jobs.io.TableLocation;

/**
 * What a training run did.
 *
 * @param notes how the rows were read, how many of them were used, and labels that look alike
 * @param metrics the table of loss terms and evaluations
 * @param floor how a word count fares on the same rows; empty where it was not wanted, or failed,
 *     which a note says then
 */
public record TrainResult(
    TrainingPlan plan,
    TrainingJob.Result job,
    List<String> notes,
    TableLocation metrics,
    Optional<WordCountFloor> floor) {
  /** The validation accuracy of the model, without exits or with them, whichever is higher. */
  public Scores accuracy() {
    double accuracy = Math.max(job.stageOne().scores().accuracy(), job.last().scores().accuracy());
    return Scores.ofAccuracy(Math.round(accuracy * job.validationRows()), job.validationRows());
  }
}
