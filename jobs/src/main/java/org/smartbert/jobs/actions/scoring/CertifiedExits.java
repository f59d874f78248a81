package org.smartbert.jobs.actions.scoring;

import java.util.Optional;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.model.calibration.Certificate;
import org.smartbert.model.calibration.CertifiedModel;
import org.smartbert.model.inference.Gates;
import org.smartbert.udfs.ModelReference;

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
    Optional<Certificate> certificate =
        requested.requested().isPresent() ? Optional.empty() : CertifiedModel.read(model.local());
    return certificate
        .map(found -> certified(found, requested.gates(), model))
        .orElseGet(() -> new CertifiedExits(requested, Optional.empty()));
  }

  private static CertifiedExits certified(
      Certificate certificate, Gates gates, ModelSelection.Resolved model) {
    float threshold = certificate.policy().entropyThreshold();
    ModelReference reference = model.reference();
    Gates asked = model.config().mechanism().skips() ? gates : Gates.OFF;
    String not =
        certificate
            .differenceTo(asked, reference.precision(), reference.maxTokens())
            .map(difference -> " That does not hold for this run: " + difference + ".")
            .orElse("");
    return new CertifiedExits(
        new ScoreRequest.Exits(threshold, gates),
        Optional.of(
            "Entropy threshold "
                + threshold
                + " by the model's certificate: "
                + certificate.describe()
                + "."
                + not));
  }
}
