package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.smartbert.model.InvalidInputException;

/** What a user configured for Spark's session stays, and ours comes to it. */
class SessionsTest {
  private final SparkConf conf = new SparkConf(false);

  @Test
  void extensionsOfTheUserStay() {
    assertThat(Sessions.extensions(conf))
        .isEqualTo(
            "io.delta.sql.DeltaSparkSessionExtension,org.smartbert.udfs.SmartBertExtensions");
    conf.set(
        Sessions.EXTENSIONS,
        "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions, "
            + "io.delta.sql.DeltaSparkSessionExtension");
    assertThat(Sessions.extensions(conf))
        .isEqualTo(
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions,"
                + "io.delta.sql.DeltaSparkSessionExtension,org.smartbert.udfs.SmartBertExtensions");
  }

  @Test
  void aCatalogThatMakesNoDeltaTablesIsRefusedByName() {
    assertThat(Sessions.catalog(conf)).endsWith("DeltaCatalog");
    conf.set(Sessions.CATALOG, "io.unitycatalog.spark.UCSingleCatalog");
    assertThat(Sessions.catalog(conf)).isEqualTo("io.unitycatalog.spark.UCSingleCatalog");
    conf.set(Sessions.CATALOG, "org.apache.iceberg.spark.SparkSessionCatalog");
    assertThatThrownBy(() -> Sessions.catalog(conf))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "spark.sql.catalog.spark_catalog is org.apache.iceberg.spark.SparkSessionCatalog")
        .hasMessageContaining(
            "spark.sql.catalog.NAME=org.apache.iceberg.spark.SparkSessionCatalog");
  }
}
