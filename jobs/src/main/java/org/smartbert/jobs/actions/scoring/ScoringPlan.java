package org.smartbert.jobs.actions.scoring;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.InvalidInputException;
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
  /** The setting that holds the prefix of the prediction columns. */
  public static final String PREFIX = "prefix";

  /** The setting that holds the number of slices. */
  static final String SLICES = "slices";

  /**
   * @throws InvalidInputException for numbers and names that mean nothing
   */
  public ScoringPlan {
    if (slices < 0 || partitions < 0) {
      throw new InvalidInputException(
          "--%s is %d; it must be 1 or more, or 0 for the default.",
          slices < 0 ? "slices" : "partitions", slices < 0 ? slices : partitions);
    }
    if (runId != null && (runId.isBlank() || runId.chars().anyMatch(Character::isISOControl))) {
      throw new InvalidInputException(
          "--run-id is blank or has a line break or another control character; give a name, or"
              + " leave it out.");
    }
  }

  /** The same for every attempt at the same work, whatever the input's version. */
  String request() {
    return Digests.of(
        List.of(
            // All that the record holds: whatever changes how rows are read makes another run.
            input.toString(),
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

  /**
   * What the table runs keeps of the plan.
   *
   * @param ofRun slices that the run is cut into; they stay its own whatever a later call asks for
   */
  Map<String, String> settings(int ofRun) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("text_column", textColumn);
    settings.put("pair_column", String.valueOf(pairColumn));
    settings.put("entropy_threshold", Float.toString(entropyThreshold));
    settings.put("gates", gates.name());
    settings.put("max_tokens", Integer.toString(model.maxTokens()));
    settings.put("precision", model.precision().name());
    settings.put("device", model.device().name());
    settings.put("model", model.location());
    settings.put("keep", String.join(",", keep));
    settings.put(PREFIX, schema.prefix());
    settings.put(SLICES, Integer.toString(ofRun));
    return settings;
  }
}
