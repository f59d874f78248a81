package org.smartbert.jobs.actions.evaluation;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;

import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.feature.CountVectorizerModel;
import org.apache.spark.ml.feature.IDF;
import org.apache.spark.ml.feature.Normalizer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.smartbert.model.FailedRunException;

/**
 * The usual bag-of-words classifier, by Spark MLlib: counts of words times their inverse document
 * frequency, scaled to length 1, and logistic regression (multinomial for more than two classes)
 * with an L2 penalty of 1, in scikit-learn's terms C = 1. The vocabulary is fixed before fitting,
 * because the order of MLlib's own depends on the partitions.
 */
final class TfIdfClassifier {
  /** Of 8 bytes; the optimiser keeps some 25 vectors of this length on the driver. */
  private static final int MOST_COEFFICIENTS = 1 << 19;

  private static final int MOST_WORDS = 1 << 18;

  private final PipelineModel model;

  private TfIdfClassifier(PipelineModel model) {
    this.model = model;
  }

  /**
   * Fits a classifier.
   *
   * @param documents (label INT, words ARRAY&lt;STRING>), in one partition: the order in which rows
   *     are summed is part of the result. Read several times
   * @param classes labels are below it; not every one needs rows
   * @throws FailedRunException without any rows
   */
  static TfIdfClassifier fittedOn(Dataset<Row> documents, int classes) {
    long rows = documents.count();
    if (rows == 0) {
      throw new FailedRunException("there are no rows of another text to fit it on");
    }
    PipelineStage[] stages = {
      new CountVectorizerModel(vocabulary(documents, classes))
          .setInputCol("words")
          .setOutputCol("counts"),
      new IDF().setInputCol("counts").setOutputCol("weighted"),
      new Normalizer().setInputCol("weighted").setOutputCol("features"),
      new LogisticRegression().setRegParam(1.0 / rows).setStandardization(false)
    };
    return new TfIdfClassifier(new Pipeline().setStages(stages).fit(documents));
  }

  /** The words of most documents, of equally frequent ones the first in the alphabet. */
  private static String[] vocabulary(Dataset<Row> documents, int classes) {
    // Two classes need one vector.
    int words = Math.min(MOST_WORDS, MOST_COEFFICIENTS / Math.max(1, classes == 2 ? 1 : classes));
    List<Row> counted =
        documents
            .select(explode(array_distinct(col("words"))).as("word"))
            .groupBy("word")
            .count()
            .orderBy(col("count").desc(), col("word"))
            .limit(words)
            .collectAsList();
    // MLlib cannot do without features; no document has an empty word.
    return counted.isEmpty()
        ? new String[] {""}
        : counted.stream().map(row -> row.getString(0)).toArray(String[]::new);
  }

  /**
   * Adds its answers to counts.
   *
   * @param documents (label INT, words ARRAY&lt;STRING>)
   * @param confusion counts [actual][predicted]
   */
  void answer(Dataset<Row> documents, double[][] confusion) {
    model
        .transform(documents)
        .groupBy(col("label"), col("prediction").cast("int"))
        .count()
        .collectAsList()
        .forEach(cell -> confusion[cell.getInt(0)][cell.getInt(1)] += cell.getLong(2));
  }
}
