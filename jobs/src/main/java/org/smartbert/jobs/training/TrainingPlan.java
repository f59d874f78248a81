package org.smartbert.jobs.training;

import java.io.Serializable;
import java.util.List;
import org.smartbert.model.training.TrainingSettings;

/**
 * What the training task needs to know.
 *
 * @param backbone directory to start from, readable by the executor
 * @param output directory to write, on any Hadoop file system
 * @param labels class names by index
 * @param maxTokens longest row
 */
public record TrainingPlan(
    String backbone,
    String output,
    List<String> labels,
    int maxTokens,
    TrainingSettings settings,
    String runId)
    implements Serializable {
  /** Where the model stands until it is whole. */
  String temporary() {
    return output.replaceFirst("/+$", "") + ".unfinished-" + runId;
  }
}
