package org.smartbert.jobs.actions.calibration;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.smartbert.jobs.history.CalibrationsTable;
import org.smartbert.model.calibration.Certificate;
import org.smartbert.model.calibration.Certificate.Promise;
import org.smartbert.udfs.ModelReference;

/** A line of a calibration as a row of {@link CalibrationsTable#SCHEMA}. */
final class CalibrationRecord {
  private CalibrationRecord() {}

  static Row of(
      CalibrateResult.Line line,
      CalibrateRequest request,
      Certificate certificate,
      ModelReference model) {
    Optional<Promise> promise = certificate.tested().map(Certificate.Tested::promise);
    Certificate.Policy policy = certificate.policy();
    List<Object> values =
        new ArrayList<>(
            List.of(
                Timestamp.from(certificate.evidence().date()),
                request.model().location(),
                model.version(),
                request.output(),
                request.input().table().location(),
                certificate.evidence().rows().version(),
                certificate.evidence().rows().count()));
    values.addAll(
        Arrays.asList(
            promise.map(p -> p.risk().id()).orElse(null),
            promise.map(Promise::epsilon).orElse(null),
            promise.map(Promise::confidence).orElse(null),
            promise.map(p -> p.reference().id()).orElse(null),
            certificate.budget().orElse(null)));
    values.addAll(
        List.of(
            CalibrationsTable.word(policy.gates()),
            CalibrationsTable.word(policy.precision()),
            line.threshold(),
            line.errors()));
    values.add(line.pValue().isPresent() ? line.pValue().getAsDouble() : null);
    values.addAll(
        List.of(
            line.certified(),
            line.threshold() == policy.entropyThreshold(),
            line.cost().value(),
            line.cost().low(),
            line.cost().high()));
    return RowFactory.create(values.toArray());
  }
}
