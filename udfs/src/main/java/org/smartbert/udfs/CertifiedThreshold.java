package org.smartbert.udfs;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.smartbert.model.calibration.Certificate;
import org.smartbert.model.calibration.CertifiedModel;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.io.ModelDirectory;

/**
 * The threshold that a calibrated model is used with where none is given.
 *
 * @param difference where the use differs from what was tested, so that nothing is promised of it
 */
public record CertifiedThreshold(Certificate certificate, Optional<String> difference) {
  private static final Logger LOG = LoggerFactory.getLogger(CertifiedThreshold.class);

  /**
   * That of a model; empty where it was not calibrated.
   *
   * @param directory of the model, or a local copy of it
   * @param gates that are asked for
   * @throws org.smartbert.model.InvalidInputException for a certificate that is broken or of other
   *     weights
   */
  public static Optional<CertifiedThreshold> of(Path directory, ModelReference model, Gates gates) {
    Gates used = ModelDirectory.config(directory).mechanism().skips() ? gates : Gates.OFF;
    return CertifiedModel.read(directory)
        .map(
            certificate ->
                new CertifiedThreshold(
                    certificate,
                    certificate.differenceTo(used, model.precision(), model.maxTokens())));
  }

  /**
   * The threshold that a use with no threshold of its own has: the certified one, which is logged,
   * else the default.
   */
  static float orDefault(ModelReference model, Gates gates, Configuration hadoop) {
    Optional<CertifiedThreshold> found =
        of(ModelReference.local(model.location(), hadoop), model, gates);
    found.ifPresent(
        threshold ->
            LOG.atLevel(threshold.difference().isPresent() ? Level.WARN : Level.INFO)
                .log(threshold.describe()));
    return found
        .map(CertifiedThreshold::threshold)
        .orElse(InferenceSettings.DEFAULT_ENTROPY_THRESHOLD);
  }

  public float threshold() {
    return certificate.policy().entropyThreshold();
  }

  /** What is promised of this use, in sentences. */
  public String describe() {
    return "Entropy threshold "
        + threshold()
        + " by the model's certificate: "
        + certificate.describe()
        + "."
        + difference.map(found -> " That does not hold for this run: " + found + ".").orElse("");
  }
}
