package org.smartbert.jobs.actions.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.calibration.Certificate.Promise;
import org.smartbert.model.calibration.Reference;
import org.smartbert.model.inference.Gates;

/**
 * Finds the threshold that a model is to be used with, and writes the model with it.
 *
 * @param input rows that the model has not learned from
 * @param labelColumn the true labels; read for a promise of accuracy only
 * @param learned what becomes of rows that the model has learned from all the same
 * @param output directory for the model; must not exist or be empty
 */
public record CalibrateRequest(
    TextInput input,
    String labelColumn,
    Learned learned,
    ModelSelection model,
    Goal goal,
    Policies policies,
    String output) {
  /** Thresholds that are tested by default, in nats (shares of ln C for FastBERT). */
  public static final List<Float> DEFAULT_GRID =
      List.of(
          0f, 0.001f, 0.002f, 0.005f, 0.01f, 0.02f, 0.03f, 0.05f, 0.07f, 0.1f, 0.15f, 0.2f, 0.25f,
          0.3f, 0.35f, 0.4f, 0.45f, 0.5f, 0.55f, 0.6f, 0.65f, 0.7f, 0.8f, 0.9f, 1f, 1.25f, 1.5f,
          2f);

  /**
   * @throws InvalidInputException for a reference with gates where the policies have none
   */
  public CalibrateRequest {
    boolean gatesOfReference =
        goal.promise().filter(p -> p.reference() == Reference.GATES_ON).isPresent();
    if (gatesOfReference && policies.gates() == Gates.OFF) {
      throw new InvalidInputException(
          "--reference is gates-on and --gates is off; give --reference full-depth, or --gates"
              + " on.");
    }
  }

  /** Rows that the model was trained or validated on, as its directory notes them. */
  public enum Learned {
    /** They are refused. */
    FAIL,
    /** They are left out, and counted. */
    DROP
  }

  /**
   * What the threshold must keep.
   *
   * @param budget mean cost as a share of full depth's FLOPs, at most
   */
  public record Goal(Optional<Promise> promise, Optional<Double> budget) {
    /**
     * @throws InvalidInputException for neither of both, and for numbers out of range
     */
    public Goal {
      if (promise.isEmpty() && budget.isEmpty()) {
        throw new InvalidInputException(
            "Neither --promise nor --budget is given; give --promise agreement or --promise"
                + " accuracy, or --budget with a share of full depth's FLOPs, or both.");
      }
      promise.ifPresent(
          p -> {
            requireShare("--epsilon", p.epsilon(), "0.01 is one point");
            requireShare("--confidence", p.confidence(), "0.95 is 95 % sure");
          });
      if (budget.isPresent() && !(budget.get() > 0 && budget.get() <= 1)) {
        throw new InvalidInputException(
            "--budget is %s; it must be above 0 and at most 1, as a share of full depth's FLOPs.",
            budget.get());
      }
    }

    private static void requireShare(String option, double share, String example) {
      if (!(share > 0 && share < 1)) {
        throw new InvalidInputException(
            "%s is %s; it must be above 0 and below 1 (%s).", option, share, example);
      }
    }
  }

  /**
   * The policies that are tested, fixed before their rows are seen.
   *
   * @param grid thresholds, ascending, so that the safest is first; 0 is put in front if it is
   *     missing
   */
  public record Policies(List<Float> grid, Gates gates) {
    /**
     * @throws InvalidInputException for thresholds that are negative, infinite, or not in order
     */
    public Policies {
      List<Float> whole = new ArrayList<>(grid);
      if (whole.isEmpty() || whole.get(0) != 0) {
        whole.add(0, 0f);
      }
      for (int i = 1; i < whole.size(); i++) {
        if (!(whole.get(i) > whole.get(i - 1) && Float.isFinite(whole.get(i)))) {
          throw new InvalidInputException(
              "--thresholds has %s after %s; give numbers of 0 or more in ascending order, each"
                  + " once.",
              whole.get(i), whole.get(i - 1));
        }
      }
      grid = List.copyOf(whole);
    }
  }

  /** A request with the default thresholds, gates on, and labels in the column {@code label}. */
  public static CalibrateRequest of(
      TextInput input, ModelSelection model, Goal goal, String output) {
    return new CalibrateRequest(
        input, "label", Learned.FAIL, model, goal, new Policies(DEFAULT_GRID, Gates.ON), output);
  }
}
