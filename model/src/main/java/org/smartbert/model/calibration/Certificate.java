package org.smartbert.model.calibration;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Gates;

/**
 * What was found out about a model's exit policy on calibration rows, kept in its config.json.
 *
 * @param policy that the model is to be used with
 * @param tested the promise and its test; empty where only a budget was asked for
 * @param budget the mean cost that was asked for at most, as a share of full depth's FLOPs
 * @param cost that the policy is expected to have
 * @param evidence what all of this was found out from
 */
public record Certificate(
    Policy policy, Optional<Tested> tested, Optional<Double> budget, Cost cost, Evidence evidence) {

  /**
   * How rows are decided.
   *
   * @param entropyThreshold S of the model's own exit rule; 0 disables early exit
   * @param maxTokens longest row
   */
  public record Policy(float entropyThreshold, Gates gates, Precision precision, int maxTokens) {
    /** For people. */
    String computation() {
      return String.format(
          Locale.ROOT,
          "gates %s, precision %s, at most %d tokens",
          gates.name().toLowerCase(Locale.ROOT),
          precision.name().toLowerCase(Locale.ROOT),
          maxTokens);
    }
  }

  /**
   * With probability {@code confidence} over the draw of the calibration rows, the mean of the risk
   * over rows of their kind is at most {@code epsilon}.
   */
  public record Promise(Risk risk, double epsilon, double confidence, Reference reference) {
    /** The probability that the promise does not hold. */
    public double delta() {
      return 1 - confidence;
    }

    /** What is promised, without a subject: "at most 1 % of the labels differ from ...". */
    public String sentence() {
      String other =
          reference == Reference.FULL_DEPTH ? "at full depth" : "with gates at threshold 0";
      return String.format(
          Locale.ROOT,
          risk == Risk.AGREEMENT
              ? "at most %s %% of the labels differ from those %s (confidence %s %%)"
              : "accuracy is at most %s points below that %s (confidence %s %%)",
          percent(epsilon),
          other,
          percent(confidence));
    }

    private static String percent(double share) {
      // Not Double.toString: 100 times 0.07 is 7.000000000000001.
      String digits = String.format(Locale.ROOT, "%.10f", 100 * share);
      return digits.replaceFirst("\\.?0+$", "");
    }
  }

  /**
   * A promise and what its test said of the policy.
   *
   * @param certified whether the promise was shown to hold; if not, the policy is threshold 0 and
   *     nothing is promised
   * @param errors sum of the risk over the calibration rows, under the policy
   * @param pValue of the hypothesis that the policy breaks the promise
   */
  public record Tested(Promise promise, boolean certified, long errors, double pValue) {}

  /**
   * Sum of FLOPs over the sum of full depth's, with a 95 % interval (normal approximation).
   *
   * @param mean on the calibration rows
   */
  public record Cost(double mean, double low, double high) {}

  /**
   * What was compared on what.
   *
   * @param grid thresholds that were fixed beforehand, the safest first
   * @param weights {@link org.smartbert.model.io.ModelDirectory#weightsDigest} of the model
   */
  public record Evidence(List<Float> grid, Rows rows, String weights, Instant date) {
    public Evidence {
      grid = List.copyOf(grid);
    }
  }

  /**
   * The calibration rows.
   *
   * @param version of their table, or a digest of their files
   */
  public record Rows(long count, String version) {}

  /**
   * Whether the policy's mean cost on the calibration rows is within the budget, if there is one.
   */
  public boolean withinBudget() {
    return budget.isEmpty() || cost.mean() <= budget.get();
  }

  /** What is promised of the policy, in one clause. */
  public String describe() {
    if (tested.isEmpty()) {
      return "no promise, only a budget: mean cost " + rounded(cost.mean());
    }
    Tested test = tested.get();
    return test.certified()
        ? test.promise().sentence()
        : "nothing is promised, because no threshold was shown to keep: "
            + test.promise().sentence();
  }

  /**
   * Where a run differs from what was tested, so that nothing is promised of it; empty where it
   * does not.
   */
  public Optional<String> differenceTo(Gates gates, Precision precision, int maxTokens) {
    Policy run = new Policy(policy.entropyThreshold(), gates, precision, maxTokens);
    return run.equals(policy)
        ? Optional.empty()
        : Optional.of(
            String.format(
                "calibrated with %s, run with %s", policy.computation(), run.computation()));
  }

  private static String rounded(double share) {
    return String.format(Locale.ROOT, "%.3f", share);
  }
}
