package org.smartbert.bench.rivals;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.UserDefinedFunction;

/**
 * Logistic regression on the mean of a backbone's word vectors: a classifier on static embeddings,
 * without any layer of the network.
 */
record WordVectors(WordVectorMean mean) implements Rival {
  @Override
  public String name() {
    return "word-vectors";
  }

  @Override
  public Fitted fit(TaskRows rows) {
    UserDefinedFunction vector = udf(mean, SQLDataTypes.VectorType());
    LinearClassifier linear =
        LinearClassifier.fit(
            vectors(rows.rows(TaskRows.Part.TRAIN), vector),
            vectors(rows.rows(TaskRows.Part.VALIDATION), vector),
            rows.labels());
    return new Scorer(vector, linear);
  }

  private static Dataset<Row> vectors(Dataset<Row> rows, UserDefinedFunction vector) {
    return rows.withColumn(LinearClassifier.FEATURES, vector.apply(col(TaskRows.TEXT)));
  }

  private record Scorer(UserDefinedFunction vector, LinearClassifier linear) implements Fitted {
    @Override
    public String detail() {
      return linear.detail();
    }

    @Override
    public Dataset<Row> score(Dataset<Row> rows) {
      return linear.score(vectors(rows, vector));
    }
  }
}
