package org.smartbert.bench.paper;

import java.math.BigDecimal;
import java.util.Comparator;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;

/**
 * The learning rates of a cell.
 *
 * @param backbone peak of the backbone's
 * @param heads peak for gates, classifiers and contrast heads
 */
record Rates(double backbone, HeadLearningRate heads) {
  private static final String SAME = "same";

  static final Comparator<HeadLearningRate> HEADS =
      Comparator.comparingDouble(HeadLearningRate::peak);

  /** A rate as people write it, for example {@code 2e-5}, whatever form it was given in. */
  static String text(double rate) {
    BigDecimal exact = new BigDecimal(Double.toString(rate)).stripTrailingZeros();
    String digits = exact.unscaledValue().toString();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    return digits.charAt(0) + fraction + "e" + (digits.length() - 1 - exact.scale());
  }

  static String text(HeadLearningRate heads) {
    return heads.peak() > 0 ? text(heads.peak()) : SAME;
  }

  /**
   * A rate that {@code option} gives.
   *
   * @throws InvalidInputException for what is not a number above 0
   */
  static double parse(String option, String text) {
    try {
      double rate = Double.parseDouble(text);
      if (rate > 0 && Double.isFinite(rate)) {
        return rate;
      }
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          e, "%s has %s; give numbers above 0, for example 2e-5.", option, text);
    }
    throw new InvalidInputException(
        "%s has %s; give numbers above 0, for example 2e-5.", option, text);
  }

  /** The rate of the heads: a number, or the word same for the backbone's. */
  static HeadLearningRate parseHeads(String option, String text) {
    return text.equals(SAME)
        ? HeadLearningRate.BACKBONES
        : HeadLearningRate.of(parse(option, text));
  }

  @Override
  public String toString() {
    return text(backbone) + ", heads " + text(heads);
  }
}
