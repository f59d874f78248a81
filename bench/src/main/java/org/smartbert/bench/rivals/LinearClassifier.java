package org.smartbert.bench.rivals;

import static org.apache.spark.sql.functions.col;

import java.util.Locale;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Multinomial logistic regression of Spark MLlib on vectors; the weight of the L2 penalty is the
 * one of five that is most accurate on the validation rows.
 *
 * @param accuracy on the validation rows
 */
record LinearClassifier(LogisticRegressionModel model, Labels labels, double accuracy) {
  /** The column of the vectors. */
  static final String FEATURES = "features";

  private static final String INDEX = "label_index";
  private static final String PREDICTED = "predicted_index";
  private static final double[] PENALTIES = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  private static final int ITERATIONS = 100;

  /**
   * Trains.
   *
   * @param train the label and the features
   * @param validation the same columns
   */
  static LinearClassifier fit(Dataset<Row> train, Dataset<Row> validation, Labels labels) {
    Dataset<Row> learned = indexed(train, labels).cache();
    Dataset<Row> held = indexed(validation, labels).cache();
    try {
      LinearClassifier best = null;
      for (double penalty : PENALTIES) {
        LogisticRegressionModel model =
            new LogisticRegression()
                .setFamily("multinomial")
                .setFeaturesCol(FEATURES)
                .setLabelCol(INDEX)
                .setPredictionCol(PREDICTED)
                .setMaxIter(ITERATIONS)
                .setRegParam(penalty)
                .fit(learned);
        double accuracy = accuracy(model.transform(held));
        if (best == null || accuracy > best.accuracy()) {
          best = new LinearClassifier(model, labels, accuracy);
        }
      }
      return best;
    } finally {
      learned.unpersist();
      held.unpersist();
    }
  }

  private static Dataset<Row> indexed(Dataset<Row> rows, Labels labels) {
    return rows.select(labels.index(col(TaskRows.LABEL)).as(INDEX), col(FEATURES));
  }

  private static double accuracy(Dataset<Row> answers) {
    long all = answers.count();
    return all == 0 ? 0 : (double) answers.filter(col(INDEX).equalTo(col(PREDICTED))).count() / all;
  }

  /** Rows with features to rows with text, label and prediction. */
  Dataset<Row> score(Dataset<Row> rows) {
    return model
        .transform(rows)
        .select(
            col(TaskRows.TEXT), col(TaskRows.LABEL), labels.name(col(PREDICTED)).as("prediction"));
  }

  String detail() {
    return String.format(
        Locale.ROOT, "L2 %s, validation accuracy %.2f", model.getRegParam(), 100 * accuracy);
  }
}
