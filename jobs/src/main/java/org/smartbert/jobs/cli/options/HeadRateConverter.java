package org.smartbert.jobs.cli.options;

import org.smartbert.model.training.TrainingSettings.HeadLearningRate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code same} or a learning rate above 0. */
final class HeadRateConverter implements ITypeConverter<HeadLearningRate> {
  @Override
  public HeadLearningRate convert(String value) {
    if (value.equals("same")) {
      return HeadLearningRate.BACKBONES;
    }
    try {
      double rate = Double.parseDouble(value);
      if (rate > 0 && rate < Double.POSITIVE_INFINITY) {
        return HeadLearningRate.of(rate);
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number out of range.
    }
    throw new TypeConversionException("'" + value + "' is neither same nor a number above 0");
  }
}
