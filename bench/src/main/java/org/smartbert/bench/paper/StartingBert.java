package org.smartbert.bench.paper;

import java.nio.file.Path;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.actions.evaluation.PolicyResult;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.cost.Flops;
import org.smartbert.model.io.ModelDirectory;

/**
 * The pretrained BERT that all methods start from, and that costs are compared with.
 *
 * @param name in the catalogue or the hub, or that of the directory
 */
record StartingBert(String name, Path directory, BertConfig config) {
  private static final String HUB = "hf:";

  /**
   * Finds a directory, or downloads what the catalogue or the hub has under a name.
   *
   * @throws org.smartbert.model.InvalidInputException if there is no such backbone
   */
  static StartingBert locate(String given, JobContext context) {
    Path directory = Path.of(Backbones.locate(given, context)).toAbsolutePath().normalize();
    boolean named = given.startsWith(HUB) || !given.contains("/");
    String name = named ? given : directory.getFileName().toString();
    return new StartingBert(name, directory, ModelDirectory.openBackbone(directory).config());
  }

  /** A row's mean work under a policy, as a share of all layers and BERT's one classifier. */
  ResultLine.Compute compute(Evaluation.Line line) {
    PolicyResult result = line.result();
    double rows = result.rows();
    double paper = result.paperFlops() / rows;
    return new ResultLine.Compute(
        result.meanLayers(),
        result.flops() / rows / 1e6,
        result.flops() / full(line),
        paper / 1e6,
        paper / new Flops(config).paperFull());
  }

  /**
   * FLOPs of full depth. A student's own full depth has fewer layers: to be compared with BERT's
   * they are counted as often as BERT has them. Its classifier costs the same for rows of any
   * length.
   */
  private double full(Evaluation.Line line) {
    BertConfig model = line.subject().config();
    double own = line.result().flopsFull();
    if (model.layers() == config.layers()) {
      return own;
    }
    double classifiers =
        line.result().rows() * (double) new Flops(model).classifier(model.layers() - 1, 1);
    return (own - classifiers) * config.layers() / model.layers() + classifiers;
  }
}
