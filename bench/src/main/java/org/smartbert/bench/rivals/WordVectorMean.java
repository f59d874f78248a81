package org.smartbert.bench.rivals;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.api.java.UDF1;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.TextEncoder;

/**
 * The mean of the word vectors of a text's tokens, [H]; [CLS] and [SEP] do not count. Every JVM
 * loads the vectors once and keeps them.
 *
 * @param directory of a BERT backbone, which every executor reads
 * @param maxTokens of a text; those behind are left out
 */
record WordVectorMean(String directory, int maxTokens) implements UDF1<String, Vector> {
  private static final long serialVersionUID = 1L;
  private static final ConcurrentHashMap<WordVectorMean, Table> LOADED = new ConcurrentHashMap<>();

  /** The word embeddings, row-major. */
  private record Table(TextEncoder encoder, FloatBuffer values, int width) {
    static Table load(WordVectorMean of) {
      Path backbone = Path.of(of.directory());
      ModelDirectory.Contents contents = ModelDirectory.openBackbone(backbone);
      return new Table(
          TextEncoder.open(backbone, contents.config(), of.maxTokens()),
          contents.weights().get("bert.embeddings.word_embeddings.weight").copy().values(),
          contents.config().hiddenSize());
    }

    double[] mean(String text) {
      int[] ids = encoder.encode(text).inputIds();
      double[] sum = new double[width];
      for (int t = 1; t < ids.length - 1; t++) {
        for (int h = 0; h < width; h++) {
          sum[h] += values.get(ids[t] * width + h);
        }
      }
      int words = Math.max(1, ids.length - 2);
      for (int h = 0; h < width; h++) {
        sum[h] /= words;
      }
      return sum;
    }
  }

  @Override
  public Vector call(String text) {
    return Vectors.dense(LOADED.computeIfAbsent(this, Table::load).mean(text));
  }
}
