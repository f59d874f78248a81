package org.smartbert.jobs.actions.scoring;

import java.util.List;
import java.util.Optional;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.PredictionSchema;

/**
 * Forecasts what a scoring run will take, by scoring a sample of its rows.
 *
 * @param exits the policy that is compared with full depth
 * @param written what the run will write
 * @param tasks how the run will be divided
 */
public record PlanRequest(
    TextInput input,
    ModelSelection model,
    ScoreRequest.Exits exits,
    Written written,
    ScoreRequest.Tasks tasks,
    Effort effort) {

  /**
   * What a run writes, wherever it does.
   *
   * @param keep columns of the input to keep; empty for all
   * @param columns names of the prediction columns
   */
  public record Written(List<String> keep, PredictionSchema columns) {
    public Written {
      keep = List.copyOf(keep);
    }
  }

  /**
   * How much is measured.
   *
   * @param sampleRows rows that are read at random, about; each is scored once at least
   * @param seconds that rows are scored for at each policy, at least about
   */
  public record Effort(int sampleRows, double seconds) {
    /** Below it a percentile says nothing. */
    private static final int FEWEST_ROWS = 100;

    public static final Effort DEFAULT = new Effort(2000, 10);

    /**
     * @throws InvalidInputException for too few rows, and for seconds that are not above 0
     */
    public Effort {
      if (sampleRows < FEWEST_ROWS) {
        throw new InvalidInputException(
            "--sample-rows is %d; it must be %d or more.", sampleRows, FEWEST_ROWS);
      }
      if (!(seconds > 0 && Double.isFinite(seconds))) {
        throw new InvalidInputException(
            "--measure-seconds is %s; it must be above 0 and finite.", seconds);
      }
    }
  }

  /** A plan of that run; its output and its run id are of no account. */
  public static PlanRequest of(ScoreRequest run) {
    return new PlanRequest(
        run.input(),
        run.model(),
        run.exits(),
        new Written(run.output().keep(), run.output().columns()),
        run.tasks(),
        Effort.DEFAULT);
  }

  public PlanRequest with(Effort changed) {
    return new PlanRequest(input, model, exits, written, tasks, changed);
  }

  /** The run, into a table. */
  ScoreRequest into(String location) {
    return new ScoreRequest(
        input,
        model,
        exits,
        new ScoreRequest.Output(location, written.keep(), written.columns()),
        tasks,
        Optional.empty());
  }
}
