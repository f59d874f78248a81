package org.smartbert.jobs.cli.options;

import java.util.Optional;
import org.smartbert.jobs.actions.calibration.CalibrateRequest;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.calibration.Certificate.Promise;
import org.smartbert.model.calibration.Reference;
import org.smartbert.model.calibration.Risk;
import org.smartbert.model.inference.Gates;
import picocli.CommandLine.Option;

/** What a calibrated threshold must keep. */
public final class PromiseOptions {
  private static final double EPSILON = 0.01;
  private static final double CONFIDENCE = 0.95;

  @Option(
      names = "--promise",
      paramLabel = "agreement|accuracy",
      description =
          "What is promised: agreement bounds the share of rows whose label differs from the"
              + " reference's, and needs no labels; accuracy bounds the points of accuracy below"
              + " the reference's.")
  private Risk risk;

  @Option(
      names = "--epsilon",
      paramLabel = "SHARE",
      description = "The bound of the promise (default: 0.01, one point).")
  private Double epsilon;

  @Option(
      names = "--confidence",
      paramLabel = "SHARE",
      description =
          "How sure the promise is: of all calibrations, at most the rest break theirs (default:"
              + " 0.95).")
  private Double confidence;

  @Option(
      names = "--reference",
      paramLabel = "gates-on|full-depth",
      description =
          "What the promise compares with: gates-on is the model with its gates and threshold 0,"
              + " full-depth executes every layer (default: gates-on; full-depth with --gates"
              + " off).")
  private Reference reference;

  @Option(
      names = "--budget",
      paramLabel = "COST",
      description =
          "Mean FLOPs, as a share of full depth's, at most. Without --promise, the smallest"
              + " threshold within it is taken; with it, the cheapest that keeps the promise, and"
              + " it is told if that one is beyond the budget.")
  private Double budget;

  /** What is asked for, of policies with or without gates. */
  public CalibrateRequest.Goal goal(Gates gates) {
    if (risk == null && (epsilon != null || confidence != null || reference != null)) {
      throw new InvalidInputException(
          "--epsilon, --confidence and --reference belong to a promise, and none is given; add"
              + " --promise agreement or --promise accuracy, or omit them.");
    }
    Reference compared = gates == Gates.ON ? Reference.GATES_ON : Reference.FULL_DEPTH;
    return new CalibrateRequest.Goal(
        Optional.ofNullable(risk)
            .map(
                promised ->
                    new Promise(
                        promised,
                        epsilon == null ? EPSILON : epsilon,
                        confidence == null ? CONFIDENCE : confidence,
                        reference == null ? compared : reference)),
        Optional.ofNullable(budget));
  }
}
