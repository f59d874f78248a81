package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.smartbert.model.Precision;
import org.smartbert.model.TinyModels;
import org.smartbert.model.calibration.Certificate;
import org.smartbert.model.calibration.CertifiedModel;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.udfs.SmartBertClassifier;

/** In SQL and in a pipeline a calibrated model is used with its certified threshold. */
class CertifiedSqlTest extends SqlFunctionFixture {
  private static final String QUERY =
      "SELECT id, answer.exit_layer FROM (SELECT id, smartbert(text) AS answer FROM texts)";

  private static Path calibrated;

  @BeforeAll
  static void writeTheCertificate() {
    calibrated = folder.resolve("calibrated");
    if (!calibrated.toFile().exists()) {
      CertifiedModel.write(Path.of(model), calibrated, certificate(0.95f));
    }
  }

  private static Certificate certificate(float threshold) {
    return new Certificate(
        new Certificate.Policy(threshold, Gates.ON, Precision.FP32, 128),
        Optional.empty(),
        Optional.of(0.9),
        new Certificate.Cost(0.8, 0.7, 0.9),
        new Certificate.Evidence(
            List.of(0f, threshold),
            new Certificate.Rows(300, "1@table"),
            ModelDirectory.weightsDigest(Path.of(model)),
            Instant.EPOCH));
  }

  private static List<Object> exits(List<Row> rows) {
    return rows.stream().map(row -> row.getAs("exit_layer")).toList();
  }

  private static List<Object> sqlExits() {
    return exits(spark.sql(QUERY).orderBy("id").collectAsList());
  }

  @Test
  void sqlUsesItUnlessAThresholdIsSet() {
    spark.conf().set("spark.smartbert.sql.model", calibrated.toString());
    spark.conf().set("spark.smartbert.sql.entropy_threshold", "0");
    assertThat(sqlExits()).isNotEqualTo(exits(expected));
    spark.conf().unset("spark.smartbert.sql.entropy_threshold");
    assertThat(sqlExits()).isEqualTo(exits(expected));
    spark.conf().set("spark.smartbert.sql.model", model);
    assertThat(sqlExits()).as("the default of a model without one").isNotEqualTo(exits(expected));
  }

  @Test
  void thePipelineUsesItUnlessAThresholdIsSet() {
    SmartBertClassifier classifier = new SmartBertClassifier().setModelPath(calibrated.toString());
    assertThat(exits(classifier.transform(spark.table("texts")).orderBy("id").collectAsList()))
        .isEqualTo(exits(expected));
    classifier.setEntropyThreshold(0);
    assertThat(exits(classifier.transform(spark.table("texts")).orderBy("id").collectAsList()))
        .isNotEqualTo(exits(expected));
  }

  @Test
  void aCertificateOfOtherWeightsIsRefused() {
    Path other = folder.resolve("other");
    if (!other.toFile().exists()) {
      CertifiedModel.write(Path.of(model), other, certificate(0.95f));
      TinyModels.fill(other, 0.5f);
    }
    spark.conf().unset("spark.smartbert.sql.entropy_threshold");
    spark.conf().set("spark.smartbert.sql.model", other.toString());
    assertThatThrownBy(() -> spark.sql(QUERY).collectAsList())
        .hasMessageContaining("is of other weights");
  }
}
