package org.smartbert.bench.rivals;

import java.util.Locale;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.CountVectorizer;
import org.apache.spark.ml.feature.IDF;
import org.apache.spark.ml.feature.NGram;
import org.apache.spark.ml.feature.Normalizer;
import org.apache.spark.ml.feature.RegexTokenizer;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Logistic regression on TF-IDF of lower-case words and pairs of neighbouring words, with Spark
 * MLlib alone. Vectors have the length 1.
 */
record TfIdf() implements Rival {
  private static final String NO_LETTERS_OR_DIGITS = "[^\\p{L}\\p{N}]+";
  private static final int VOCABULARY = 1 << 18;
  private static final int LEAST_TEXTS = 2;

  @Override
  public String name() {
    return "tf-idf";
  }

  @Override
  public Fitted fit(TaskRows rows) {
    Dataset<Row> train = rows.rows(TaskRows.Part.TRAIN);
    PipelineModel vectors = new Pipeline().setStages(stages()).fit(train);
    LinearClassifier linear =
        LinearClassifier.fit(
            vectors.transform(train),
            vectors.transform(rows.rows(TaskRows.Part.VALIDATION)),
            rows.labels());
    return new Scorer(vectors, linear);
  }

  private static PipelineStage[] stages() {
    return new PipelineStage[] {
      new RegexTokenizer()
          .setInputCol(TaskRows.TEXT)
          .setOutputCol("words")
          .setPattern(NO_LETTERS_OR_DIGITS),
      new NGram().setN(2).setInputCol("words").setOutputCol("pairs"),
      new SQLTransformer().setStatement("SELECT *, concat(words, pairs) AS terms FROM __THIS__"),
      new CountVectorizer()
          .setInputCol("terms")
          .setOutputCol("counts")
          .setVocabSize(VOCABULARY)
          .setMinDF(LEAST_TEXTS),
      new IDF().setInputCol("counts").setOutputCol("weighted"),
      new Normalizer().setInputCol("weighted").setOutputCol(LinearClassifier.FEATURES)
    };
  }

  private record Scorer(PipelineModel vectors, LinearClassifier linear) implements Fitted {
    @Override
    public String detail() {
      return String.format(
          Locale.ROOT, "%,d terms, %s", linear.model().numFeatures(), linear.detail());
    }

    @Override
    public Dataset<Row> score(Dataset<Row> rows) {
      return linear.score(vectors.transform(rows));
    }
  }
}
