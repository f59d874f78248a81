package org.smartbert.jobs.actions.scoring;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.udfs.PredictionSchema;

/**
 * Scores the rows of a table into a Delta table.
 *
 * @param runId name of the run; empty for one made from the input's version and the settings
 */
public record ScoreRequest(
    TextInput input,
    ModelSelection model,
    Exits exits,
    Output output,
    Tasks tasks,
    Optional<String> runId) {

  /**
   * When a row exits.
   *
   * @param requested a row exits where its entropy is below this; in nats, or as a share of ln C
   *     for a FastBERT model; 0 disables early exit; empty for the threshold that the model was
   *     calibrated to, or {@link InferenceSettings#DEFAULT_ENTROPY_THRESHOLD} where it was not
   * @param gates whether layers may be skipped
   */
  public record Exits(Optional<Float> requested, Gates gates) {
    public static final Exits DEFAULT = new Exits(Optional.empty(), Gates.ON);

    /**
     * @throws InvalidInputException for a threshold below 0 or that is not a number
     */
    public Exits {
      if (requested.isPresent() && !(requested.get() >= 0)) {
        throw new InvalidInputException(
            "--entropy-threshold is %s; it must be 0 or more.", requested.get());
      }
    }

    /** With a threshold, whatever the model was calibrated to. */
    public Exits(float entropyThreshold, Gates gates) {
      this(Optional.of(entropyThreshold), gates);
    }

    /** The requested threshold, or the default of models that were not calibrated. */
    public float entropyThreshold() {
      return requested.orElse(InferenceSettings.DEFAULT_ENTROPY_THRESHOLD);
    }
  }

  /**
   * What is written.
   *
   * @param location path or name of the Delta table to append to; created if missing
   * @param keep columns of the input to keep; empty for all
   * @param columns names of the prediction columns
   */
  public record Output(String location, List<String> keep, PredictionSchema columns) {
    public Output {
      keep = List.copyOf(keep);
    }

    /** All columns of the input, prediction columns without prefix or logits. */
    public static Output to(String location) {
      return new Output(
          location, List.of(), new PredictionSchema("", PredictionSchema.Logits.DROP));
    }
  }

  /**
   * How the work is divided.
   *
   * @param slices commits of the output; 0 for one per 100,000 rows, 20 at most; with a limit one
   *     per 25,000 rows, 100 at most, so that the run stops near it
   * @param partitions tasks of a slice; 0 for the input's, and at least one per core
   * @param maxCoreHours the run stops after the slice in which its tasks have taken so long
   */
  public record Tasks(int slices, int partitions, OptionalDouble maxCoreHours) {
    public static final Tasks DEFAULT = new Tasks(0, 0);

    /** Every slice reads the input's texts once, so their number must not grow with the rows. */
    private static final Slicing UNLIMITED = new Slicing(100_000, 20);

    private static final Slicing LIMITED = new Slicing(25_000, 100);

    private record Slicing(long rows, long most) {
      int of(long all) {
        return (int) Math.max(1, Math.min((all + rows - 1) / rows, most));
      }
    }

    /**
     * @throws InvalidInputException for a limit that is not above 0
     */
    public Tasks {
      if (maxCoreHours.isPresent() && !(maxCoreHours.getAsDouble() > 0)) {
        throw new InvalidInputException(
            "--max-core-hours is %s; it must be above 0.", maxCoreHours.getAsDouble());
      }
    }

    /** Without a limit. */
    public Tasks(int slices, int partitions) {
      this(slices, partitions, OptionalDouble.empty());
    }

    /** The number of slices that a new run over so many rows is cut into. */
    int slicesFor(long rows) {
      return slices > 0 ? slices : (maxCoreHours.isPresent() ? LIMITED : UNLIMITED).of(rows);
    }

    /** The same with a limit of core-hours. */
    public Tasks within(double coreHours) {
      return new Tasks(slices, partitions, OptionalDouble.of(coreHours));
    }
  }

  /** A request with the defaults of the command {@code score}. */
  public static ScoreRequest of(TextInput input, ModelSelection model, String output) {
    return new ScoreRequest(
        input, model, Exits.DEFAULT, Output.to(output), Tasks.DEFAULT, Optional.empty());
  }

  public ScoreRequest with(Exits changed) {
    return new ScoreRequest(input, model, changed, output, tasks, runId);
  }

  public ScoreRequest with(Output changed) {
    return new ScoreRequest(input, model, exits, changed, tasks, runId);
  }

  public ScoreRequest with(Tasks changed) {
    return new ScoreRequest(input, model, exits, output, changed, runId);
  }

  public ScoreRequest withRunId(String changed) {
    return new ScoreRequest(input, model, exits, output, tasks, Optional.of(changed));
  }
}
