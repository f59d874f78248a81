package org.smartbert.jobs.cli.options;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.smartbert.model.InvalidInputException;

/** The words of --class-weights. */
public final class ClassWeightText {
  private ClassWeightText() {}

  /**
   * Weights in the labels' order.
   *
   * @param texts LABEL=WEIGHT each; labels that are not named weigh 1
   * @return no weights for no texts
   */
  static List<Double> parse(List<String> texts, List<String> labels) {
    if (texts.isEmpty()) {
      return List.of();
    }
    List<Double> weights = new ArrayList<>(Collections.nCopies(labels.size(), 1.0));
    for (String text : texts) {
      int equals = text.lastIndexOf('=');
      int label = equals < 0 ? -1 : labels.indexOf(text.substring(0, equals));
      double weight = label < 0 ? Double.NaN : number(text.substring(equals + 1));
      // A batch of rows that all weigh 0 would have no loss at all.
      if (!(weight > 0)) {
        throw new InvalidInputException(
            "--class-weights holds %s; it takes LABEL=WEIGHT with one of the labels %s and a weight"
                + " above 0, or the word balanced.",
            text, String.join(", ", labels));
      }
      weights.set(label, weight);
    }
    return weights;
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
