package org.smartbert.jobs.actions.scoring;

import java.util.List;
import java.util.Map;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.inference.Gates;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PredictionSchema;

/**
 * A validated scoring job.
 *
 * @param keep columns of the input that go to the output; empty for all
 * @param slices commits the output is written in; 0 for one per 100,000 rows, 20 at most
 * @param partitions tasks of a slice; 0 for as many as the cluster runs at once, or the input's
 * @param runId given by the user, or null
 */
public record ScoringPlan(
    InputTable input,
    String textColumn,
    String pairColumn,
    ModelReference model,
    float entropyThreshold,
    Gates gates,
    PredictionSchema schema,
    List<String> keep,
    TableLocation output,
    int slices,
    int partitions,
    String runId) {

  /** The same for every attempt at the same work, whatever the input's version. */
  String request() {
    return Digests.of(
        List.of(
            input.location(),
            input.options().toString(),
            textColumn,
            String.valueOf(pairColumn),
            model.digest(),
            Integer.toString(model.maxTokens()),
            computation(),
            Float.toString(entropyThreshold),
            gates.name(),
            schema.toString(),
            keep.toString(),
            output.name(),
            String.valueOf(runId)));
  }

  /**
   * Names the device only where it is a GPU: runs from before there was a choice keep their ids.
   */
  private String computation() {
    return model.device() == ComputeDevice.CPU
        ? model.precision().name()
        : model.precision() + " " + model.device();
  }

  Map<String, String> settings() {
    return Map.of(
        "text_column", textColumn,
        "pair_column", String.valueOf(pairColumn),
        "entropy_threshold", Float.toString(entropyThreshold),
        "gates", gates.name(),
        "max_tokens", Integer.toString(model.maxTokens()),
        "precision", model.precision().name(),
        "device", model.device().name(),
        "model", model.location(),
        "keep", String.join(",", keep));
  }
}
