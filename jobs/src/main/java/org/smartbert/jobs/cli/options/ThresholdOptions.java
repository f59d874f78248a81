package org.smartbert.jobs.cli.options;

import java.util.List;
import picocli.CommandLine.Option;

/** Thresholds that a model is compared at, and rows that its speed is measured with. */
public final class ThresholdOptions {
  @Option(
      names = "--thresholds",
      split = ",",
      defaultValue = "0,0.05,0.1,0.2,0.3,0.5",
      paramLabel = "ENTROPY",
      description =
          "Entropy thresholds, in nats, or as fractions of ln C for a fastbert model; 0 disables"
              + " early exit (default: ${DEFAULT-VALUE}).")
  private List<Float> thresholds;

  @Option(
      names = "--timing-rows",
      defaultValue = "512",
      paramLabel = "N",
      description =
          "Rows for measuring the realised speed-up on the driver's CPU; 0 disables it, and it is"
              + " not measured on GPUs (default: ${DEFAULT-VALUE}).")
  private int timingRows;

  public List<Float> thresholds() {
    return thresholds;
  }

  public int timingRows() {
    return timingRows;
  }
}
