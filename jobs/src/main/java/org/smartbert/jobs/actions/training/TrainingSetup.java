package org.smartbert.jobs.actions.training;

import java.nio.file.Path;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.model.training.Purpose;
import org.smartbert.udfs.ModelReference;

/**
 * What a run trains, looked at before any row is read.
 *
 * @param location of the directory that training starts from, absolute
 * @param digest of that directory
 * @param maxTokens longest row
 * @param output directory of the trained model, absolute
 */
public record TrainingSetup(
    StartingPoint start,
    String location,
    String digest,
    int maxTokens,
    String output,
    TrainingPlan.Workers workers) {
  /**
   * Reads the directory that training starts from.
   *
   * @throws org.smartbert.model.InvalidInputException for a directory, a length, pairs or a device
   *     that do not fit
   */
  public static TrainingSetup of(
      JobContext context,
      TrainRequest.Model model,
      Purpose purpose,
      TextInput input,
      TrainingPlan.Workers requested) {
    var conf = context.spark().sparkContext().getConf();
    TrainingPlan.Workers workers = requested.securedAs(conf);
    workers.device().requireOfExecutors(conf);
    Path directory = ModelReference.local(model.backbone(), context.hadoop());
    StartingPoint start = StartingPoint.of(directory, purpose, model.mechanism());
    BertConfig config = start.config();
    int maxTokens = ModelReference.longestRow(model.maxTokens(), config, model.backbone());
    // A tokenizer that does not fit is refused here, before any task.
    TextEncoder.open(directory, config, maxTokens).close();
    if (input.pairColumn().isPresent()) {
      TextEncoder.requirePairs(config, directory);
    }
    return new TrainingSetup(
        start,
        TableLocation.absolute(model.backbone(), context.spark()),
        ModelDirectory.digest(directory),
        maxTokens,
        TableLocation.absolute(model.output(), context.spark()),
        workers);
  }
}
