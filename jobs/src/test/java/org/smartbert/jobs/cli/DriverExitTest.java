package org.smartbert.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkUserAppException;
import org.junit.jupiter.api.Test;
import org.smartbert.model.InvalidInputException;

class DriverExitTest {
  @Test
  void mainReturnsOrThrowsWhereYarnRunsIt() throws Exception {
    SparkConf yarn = conf("yarn", "cluster");
    // An exit would end this test's JVM.
    DriverExit.end(0, yarn);
    assertThatThrownBy(() -> DriverExit.end(2, yarn))
        .isInstanceOfSatisfying(
            SparkUserAppException.class, e -> assertThat(e.exitCode()).isEqualTo(2));
  }

  @Test
  void theExitCodeCountsElsewhere() {
    assertThat(DriverExit.mustReturn(conf("yarn", "client"))).isFalse();
    assertThat(DriverExit.mustReturn(conf("spark://host:7077", "cluster"))).isFalse();
    assertThat(DriverExit.mustReturn(conf("k8s://https://host", "cluster"))).isFalse();
    assertThat(DriverExit.mustReturn(new SparkConf(false))).isFalse();
  }

  @Test
  void lettersThatTheJvmLostAreNotGuessed() {
    byte[] letters = "score\0--input=café.csv".getBytes(StandardCharsets.UTF_8);
    byte[] ascii = "score\0--input=what?.csv".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> CommandLineEncoding.requireReadable("ANSI_X3.4-1968", letters))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("LC_ALL=C.UTF-8");
    CommandLineEncoding.requireReadable("ANSI_X3.4-1968", ascii);
    CommandLineEncoding.requireReadable("UTF-8", letters);
  }

  private static SparkConf conf(String master, String mode) {
    return new SparkConf(false).setMaster(master).set("spark.submit.deployMode", mode);
  }
}
