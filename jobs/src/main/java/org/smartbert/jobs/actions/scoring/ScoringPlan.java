package org.smartbert.jobs.actions.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.smartbert.jobs.io.Digests;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PredictionSchema;
import org.smartbert.udfs.ScoringRequest;

/**
 * A validated scoring job.
 *
 * @param runId given by the user; empty for one made from the request and the input's version
 */
public record ScoringPlan(
    TextInput texts,
    ModelReference model,
    ScoreRequest.Exits exits,
    Destination destination,
    ScoreRequest.Tasks tasks,
    Optional<String> runId) {
  /**
   * Where the rows go.
   *
   * @param keep columns of the input that are written; empty for all
   */
  public record Destination(TableLocation table, PredictionSchema schema, List<String> keep) {}

  /** The setting that holds the prefix of the prediction columns. */
  public static final String PREFIX = "prefix";

  /** The setting that holds the number of slices. */
  static final String SLICES = "slices";

  /**
   * @throws InvalidInputException for numbers and names that mean nothing
   */
  public ScoringPlan {
    requireNatural("--slices", tasks.slices());
    requireNatural("--partitions", tasks.partitions());
    if (runId.filter(ScoringPlan::isUnprintable).isPresent()) {
      throw new InvalidInputException(
          "--run-id is blank or has a line break or another control character; give a name, or"
              + " leave it out.");
    }
  }

  private static void requireNatural(String option, int value) {
    if (value < 0) {
      throw new InvalidInputException(
          "%s is %d; it must be 1 or more, or 0 for the default.", option, value);
    }
  }

  private static boolean isUnprintable(String name) {
    return name.isBlank() || name.chars().anyMatch(Character::isISOControl);
  }

  /** The table that is scored. */
  public InputTable input() {
    return texts.table();
  }

  /** The table that is written. */
  public TableLocation output() {
    return destination.table();
  }

  /** What tasks are given. */
  public ScoringRequest scoringRequest(ScoreRequest.Exits policy, String run) {
    return new ScoringRequest(
        new ScoringRequest.Columns(texts.textColumn(), texts.pairColumn().orElse(null)),
        model,
        policy.entropyThreshold(),
        policy.gates(),
        destination.schema(),
        run);
  }

  /** The same for every attempt at the same work, whatever the input's version. */
  String request() {
    List<String> parts = new ArrayList<>(predictions());
    parts.add(output().name());
    parts.add(runId.orElse("null"));
    return Digests.of(parts);
  }

  /** The same for the same predictions of the same input, wherever they are written. */
  public String job() {
    return Digests.of(predictions());
  }

  private List<String> predictions() {
    return List.of(
        // All that the record holds: whatever changes how rows are read makes another run.
        input().toString(),
        texts.textColumn(),
        pairColumn(),
        model.digest(),
        Integer.toString(model.maxTokens()),
        computation(),
        Float.toString(exits.entropyThreshold()),
        exits.gates().name(),
        destination.schema().toString(),
        destination.keep().toString());
  }

  private String pairColumn() {
    return texts.pairColumn().orElse("null");
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
   * @param ofRun slices that the run is cut into; they do not change with later calls
   */
  Map<String, String> settings(int ofRun) {
    Map<String, String> settings = settings();
    settings.put(SLICES, Integer.toString(ofRun));
    tasks.maxCoreHours().ifPresent(hours -> settings.put("max_core_hours", Double.toString(hours)));
    return settings;
  }

  /** What the predictions depend on beside the input, by name. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("text_column", texts.textColumn());
    settings.put("pair_column", pairColumn());
    settings.put("entropy_threshold", Float.toString(exits.entropyThreshold()));
    settings.put("gates", exits.gates().name());
    settings.put("max_tokens", Integer.toString(model.maxTokens()));
    settings.put("precision", model.precision().name());
    settings.put("device", model.device().name());
    settings.put("model", model.location());
    settings.put("keep", String.join(",", destination.keep()));
    settings.put(PREFIX, destination.schema().prefix());
    return settings;
  }
}
