package org.smartbert.bench.rivals;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.smartbert.jobs.actions.evaluation.Scores;
import org.smartbert.model.training.Metric;

/**
 * Accuracy on scored rows. A label that was not learned and a row without an answer count as wrong.
 *
 * @param notScored rows without an answer
 */
record TestAccuracy(Scores scores, long notScored) {
  private static final long BOOTSTRAP_SEED = 1;

  /**
   * Judges answers.
   *
   * @param scored label STRING, prediction STRING
   */
  static TestAccuracy of(Dataset<Row> scored, Labels labels) {
    List<String> names = labels.names();
    // One class more for labels that were not learned, and another for what was not answered.
    int unknown = names.size();
    int unanswered = unknown + 1;
    double[][] confusion = new double[names.size() + 2][names.size() + 2];
    long notScored = 0;
    for (Row cell :
        scored.groupBy(col(TaskRows.LABEL), col("prediction")).count().collectAsList()) {
      int actual = names.indexOf(cell.getString(0));
      int predicted = cell.isNullAt(1) ? unanswered : names.indexOf(cell.getString(1));
      if (predicted < 0) {
        throw new IllegalStateException("A rival predicted a label that it was not trained on");
      }
      confusion[actual < 0 ? unknown : actual][predicted] += cell.getLong(2);
      notScored += predicted == unanswered ? cell.getLong(2) : 0;
    }
    return new TestAccuracy(Scores.of(Metric.ACCURACY, confusion, BOOTSTRAP_SEED), notScored);
  }
}
