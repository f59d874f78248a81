package org.smartbert.jobs.actions.calibration;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.smartbert.model.InvalidInputException;

/** Which line of a calibration a model is used with. */
final class ThresholdSelection {
  private ThresholdSelection() {}

  /**
   * The cheapest certified threshold, the safest of equals; threshold 0 where none is certified. As
   * a fixed sequence holds for all that it certifies at once, costs may be looked at.
   */
  static CalibrateResult.Line cheapestCertified(List<CalibrateResult.Line> lines) {
    int certified = (int) lines.stream().filter(CalibrateResult.Line::certified).count();
    return IntStream.range(0, certified)
        .mapToObj(lines::get)
        .min(Comparator.comparingDouble(line -> line.cost().value()))
        .orElse(lines.get(0));
  }

  /**
   * The safest threshold within a budget.
   *
   * @throws InvalidInputException if there is none
   */
  static CalibrateResult.Line safestWithin(double budget, List<CalibrateResult.Line> lines) {
    Optional<CalibrateResult.Line> safest =
        lines.stream().filter(line -> line.cost().value() <= budget).findFirst();
    return safest.orElseThrow(
        () -> {
          CalibrateResult.Line cheapest =
              lines.stream()
                  .min(Comparator.comparingDouble(line -> line.cost().value()))
                  .orElseThrow();
          return new InvalidInputException(
              "--budget is %s and no threshold costs as little: the cheapest of --thresholds is %s,"
                  + " with a mean cost of %s; give a larger --budget, or larger --thresholds.",
              budget,
              cheapest.threshold(),
              String.format(Locale.ROOT, "%.3f", cheapest.cost().value()));
        });
  }
}
