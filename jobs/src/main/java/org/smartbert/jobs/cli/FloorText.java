package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.smartbert.jobs.actions.evaluation.Evaluation;
import org.smartbert.jobs.actions.evaluation.Scores;
import org.smartbert.jobs.actions.evaluation.WordCountFloor;
import org.smartbert.model.training.Metric;

/** A word count next to the models that it is compared with. */
final class FloorText {
  private FloorText() {}

  /** After training: accuracies as the lines before it have them. */
  static void train(PrintWriter out, WordCountFloor floor, Scores model) {
    DoubleFunction<String> number = value -> String.format(Locale.ROOT, "%.4f", value);
    out.printf(
        Locale.ROOT,
        "Word count (TF-IDF and logistic regression on %,d training rows): validation accuracy %s;"
            + " the model's is %s (95 %% intervals).%n",
        floor.fittedRows(),
        text(floor.scores(Metric.ACCURACY), number),
        text(model, number));
    if (floor.reaches(Metric.ACCURACY, model)) {
      out.printf(
          "A word count does as well (%s, and the model's interval is %s to %s): consider it"
              + " instead.%n",
          number.apply(Metric.ACCURACY.of(floor.confusion())),
          number.apply(model.low()),
          number.apply(model.high()));
    }
  }

  /**
   * After an evaluation: percentages, as the table has them.
   *
   * @param best the best line of each model
   */
  static void evaluate(
      PrintWriter out, WordCountFloor floor, Metric metric, List<Evaluation.Line> best) {
    DoubleFunction<String> number = value -> String.format(Locale.ROOT, "%.2f", 100 * value);
    String name = metric.name().toLowerCase(Locale.ROOT);
    out.printf(
        Locale.ROOT,
        "Word count (TF-IDF and logistic regression, cross-fitted on %,d of these rows in %d folds,"
            + " each answered by a fit on the others): %s %s, 95 %% interval.%n",
        floor.fittedRows(),
        WordCountFloor.FOLDS,
        name,
        text(floor.scores(metric), number));
    for (Evaluation.Line line : best) {
      Scores model = line.scores(metric);
      if (floor.reaches(metric, model)) {
        out.printf(
            "A word count does as well (%s, and the interval of %s at S = %s is %s to %s): consider"
                + " it instead.%n",
            number.apply(metric.of(floor.confusion())),
            Path.of(line.subject().name()).getFileName(),
            line.threshold(),
            number.apply(model.low()),
            number.apply(model.high()));
      }
    }
  }

  private static String text(Scores scores, DoubleFunction<String> number) {
    return String.format(
        Locale.ROOT,
        "%s (%s to %s)",
        number.apply(scores.value()),
        number.apply(scores.low()),
        number.apply(scores.high()));
  }
}
