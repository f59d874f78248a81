package org.smartbert.jobs.actions.calibration;

import java.util.List;
import java.util.OptionalDouble;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.statistics.RatioEstimate;
import org.smartbert.model.calibration.Certificate;

/**
 * What calibration found.
 *
 * @param certificate that the model was written with
 * @param lines one for each threshold of the grid, in its order
 * @param notes how the rows were read
 * @param table where the lines were appended
 */
public record CalibrateResult(
    Certificate certificate, List<Line> lines, List<String> notes, TableLocation table) {
  public CalibrateResult {
    lines = List.copyOf(lines);
    notes = List.copyOf(notes);
  }

  /**
   * A threshold on the calibration rows.
   *
   * @param errors sum of the risk; without a promise, labels that differ from the reference's
   * @param pValue of the hypothesis that it breaks the promise; empty without a promise
   * @param certified whether it and all before it were rejected
   * @param cost sum of FLOPs over the sum of full depth's
   */
  public record Line(
      float threshold, long errors, OptionalDouble pValue, boolean certified, RatioEstimate cost) {}

  /** The line of the certificate's threshold. */
  public Line chosen() {
    return lines.stream()
        .filter(line -> line.threshold() == certificate.policy().entropyThreshold())
        .findFirst()
        .orElseThrow();
  }
}
