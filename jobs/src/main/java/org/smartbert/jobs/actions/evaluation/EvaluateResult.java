package org.smartbert.jobs.actions.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.training.Metric;

/**
 * How models fared.
 *
 * @param lines one for each model and threshold
 * @param notes how the rows were read, and how many of them were evaluated
 * @param table where they were appended
 * @param floor a word count that was cross-fitted on the same rows; empty where a note says why
 */
public record EvaluateResult(
    List<Evaluation.Line> lines,
    List<String> notes,
    TableLocation table,
    Optional<WordCountFloor> floor) {
  /** The best line of each model by a metric, the models in their order. */
  public List<Evaluation.Line> best(Metric metric) {
    Map<String, Evaluation.Line> best = new LinkedHashMap<>();
    for (Evaluation.Line line : lines) {
      best.merge(
          line.subject().name(),
          line,
          (a, b) -> b.scores(metric).value() > a.scores(metric).value() ? b : a);
    }
    return List.copyOf(best.values());
  }
}
