package org.smartbert.jobs.actions.quantization;

/**
 * An int8 model against the one that it was made of, on the sample rows at the default threshold.
 *
 * @param sampleRows rows of the sample
 * @param sameLabel rows that keep their label
 * @param before the float32 model
 * @param after the int8 model
 */
public record QuantizeResult(int sampleRows, int sameLabel, Side before, Side after) {
  /**
   * One of the two models.
   *
   * @param cost the sum of FLOPs over the sum of full depth's
   * @param bytes of the weights file
   */
  public record Side(double cost, long bytes) {}
}
