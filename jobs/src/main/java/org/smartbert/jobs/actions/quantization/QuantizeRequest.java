package org.smartbert.jobs.actions.quantization;

import java.util.Optional;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;

/**
 * Makes an int8 model of a trained one.
 *
 * @param output directory for the int8 model; must not exist or be empty
 * @param sampleRows rows to calibrate on
 * @param maxTokens longest row; empty for the smaller of 128 and the model's limit
 */
public record QuantizeRequest(
    TextInput input, String model, String output, int sampleRows, Optional<Integer> maxTokens) {
  private static final int DEFAULT_SAMPLE_ROWS = 512;

  /**
   * @throws InvalidInputException for less than one sample row
   */
  public QuantizeRequest {
    if (sampleRows < 1) {
      throw new InvalidInputException("--sample-rows is %d; it must be 1 or more.", sampleRows);
    }
  }

  /** A request with the defaults of the command {@code quantize}. */
  public static QuantizeRequest of(TextInput input, String model, String output) {
    return new QuantizeRequest(input, model, output, DEFAULT_SAMPLE_ROWS, Optional.empty());
  }
}
