package org.smartbert.jobs.actions.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.smartbert.model.training.Metric;

/**
 * How a {@linkplain TfIdfClassifier word count} answers rows. A network that is not better on the
 * same rows has learned nothing that the words do not say by themselves. The result does not depend
 * on the partitions of the rows.
 *
 * @param confusion counts [actual][predicted]
 * @param fittedRows rows that it was fitted on; of a cross-fitted one all of them, each fit being
 *     on all folds but one
 */
public record WordCountFloor(double[][] confusion, long fittedRows) {
  /** Parts of the rows that are cross-fitted; each is answered by a fit on the others. */
  public static final int FOLDS = 5;

  /** With fewer rows the interval is wider than most differences. */
  public static final int FEWEST_ROWS = 500;

  private static final long BOOTSTRAP_SEED = 1;

  /**
   * Fits on training rows, at most 50,000, and answers the validation rows.
   *
   * @param rows (first STRING, second STRING or null, label INT, validation BOOLEAN), training and
   *     validation rows
   * @param classes labels are below it
   */
  public static WordCountFloor heldOut(Dataset<Row> rows, int classes) {
    Dataset<Row> train = Documents.sample(rows.filter("NOT validation"));
    train.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      double[][] confusion = new double[classes][classes];
      TfIdfClassifier.fittedOn(train, classes)
          .answer(Documents.of(rows.filter("validation")), confusion);
      return new WordCountFloor(confusion, train.count());
    } finally {
      train.unpersist();
    }
  }

  /**
   * Fits and answers the same rows, at most 50,000, in {@value #FOLDS} folds: each is answered by a
   * fit on the others. Rows of one text are in one fold.
   *
   * @param rows (first STRING, second STRING or null, label INT), of at least two texts
   * @param classes labels are below it
   * @param answered told how many folds are answered
   */
  public static WordCountFloor crossFitted(Dataset<Row> rows, int classes, IntConsumer answered) {
    Column fold = pmod(xxhash64(col("text"), lit("fold")), lit(FOLDS));
    Dataset<Row> documents = Documents.sample(rows).withColumn("fold", fold);
    documents.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      double[][] confusion = new double[classes][classes];
      for (int i = 0; i < FOLDS; i++) {
        TfIdfClassifier.fittedOn(documents.filter(col("fold").notEqual(i)), classes)
            .answer(documents.filter(col("fold").equalTo(i)), confusion);
        answered.accept(i + 1);
      }
      return new WordCountFloor(confusion, documents.count());
    } finally {
      documents.unpersist();
    }
  }

  /** Rows that it answered. */
  public long rows() {
    return (long) Arrays.stream(confusion).flatMapToDouble(Arrays::stream).sum();
  }

  /** A metric of its answers with its 95 % interval. */
  public Scores scores(Metric metric) {
    return Scores.of(metric, confusion, BOOTSTRAP_SEED);
  }

  /** Whether it is within a model's interval, or above it. */
  public boolean reaches(Metric metric, Scores model) {
    return metric.of(confusion) >= model.low();
  }
}
