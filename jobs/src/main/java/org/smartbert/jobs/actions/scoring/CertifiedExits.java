package org.smartbert.jobs.actions.scoring;

import java.util.Optional;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.udfs.CertifiedThreshold;

/**
 * The exits of a run.
 *
 * @param exits with a threshold, the model's certified one if none was requested
 * @param line what the certificate promises of this run; empty where it was not used
 */
record CertifiedExits(ScoreRequest.Exits exits, Optional<String> line) {
  /**
   * The requested exits for a model.
   *
   * @throws org.smartbert.model.InvalidInputException for a certificate that is needed and is
   *     broken or of other weights
   */
  static CertifiedExits of(ScoreRequest.Exits requested, ModelSelection.Resolved model) {
    Optional<CertifiedThreshold> certified =
        requested.requested().isPresent()
            ? Optional.empty()
            : CertifiedThreshold.of(model.local(), model.reference(), requested.gates());
    return certified
        .map(
            found ->
                new CertifiedExits(
                    new ScoreRequest.Exits(found.threshold(), requested.gates()),
                    Optional.of(found.describe())))
        .orElseGet(() -> new CertifiedExits(requested, Optional.empty()));
  }
}
