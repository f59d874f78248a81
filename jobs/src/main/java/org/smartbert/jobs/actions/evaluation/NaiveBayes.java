package org.smartbert.jobs.actions.evaluation;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.CountVectorizer;
import org.apache.spark.ml.feature.RegexTokenizer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.model.training.Metric;

/**
 * What words say without their order: multinomial naive Bayes with Laplace smoothing on the counts
 * of lower-case words, by Spark MLlib. A network that is not better has learned nothing.
 */
public final class NaiveBayes {
  private static final String NO_LETTERS_OR_DIGITS = "[^\\p{L}\\p{N}]+";
  private static final long BOOTSTRAP_SEED = 1;

  private final List<String> labels;
  private final PipelineModel model;

  private NaiveBayes(List<String> labels, PipelineModel model) {
    this.labels = labels;
    this.model = model;
  }

  /** Accuracy on rows with labels, and how fast they were answered, model loading not counted. */
  public record Result(Scores accuracy, long rows, double rowsPerSecond) {}

  /**
   * Learns from rows.
   *
   * @throws org.smartbert.model.InvalidInputException for rows of fewer than two labels
   */
  public static NaiveBayes trainedOn(LabelledRows columns, Dataset<Row> rows) {
    List<String> labels = columns.labels(rows);
    PipelineStage[] stages = {
      new RegexTokenizer()
          .setInputCol("first")
          .setOutputCol("words")
          .setPattern(NO_LETTERS_OR_DIGITS),
      new CountVectorizer().setInputCol("words").setOutputCol("counts"),
      // Of these labels every one has rows: MLlib numbers the labels that it meets.
      new org.apache.spark.ml.classification.NaiveBayes()
          .setFeaturesCol("counts")
          .setLabelCol("label")
    };
    Dataset<Row> examples = columns.all(rows, labels, false);
    return new NaiveBayes(labels, new Pipeline().setStages(stages).fit(examples));
  }

  /** Answers for rows; a label that was not learned counts as a wrong answer. */
  public Result test(LabelledRows columns, Dataset<Row> rows) {
    int unknown = labels.size();
    double[][] confusion = new double[unknown + 1][unknown + 1];
    Dataset<Row> answers = model.transform(columns.all(rows, labels, true));
    long started = System.nanoTime();
    List<Row> cells =
        answers.groupBy(col("label"), col("prediction").cast("int")).count().collectAsList();
    double seconds = (System.nanoTime() - started) / 1e9;
    long count = 0;
    for (Row cell : cells) {
      int actual = cell.getInt(0) < 0 ? unknown : cell.getInt(0);
      confusion[actual][cell.getInt(1)] += cell.getLong(2);
      count += cell.getLong(2);
    }
    return new Result(
        Scores.of(Metric.ACCURACY, confusion, BOOTSTRAP_SEED), count, count / seconds);
  }
}
