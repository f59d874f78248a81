package org.smartbert.jobs.actions.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.ml.feature.RegexTokenizer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Texts as lists of words: in lower case, divided at whatever is neither letter, mark nor digit; an
 * ideograph is a word, as BERT's tokenizer has it. The two texts of a pair are joined.
 */
final class Documents {
  /**
   * Of each text. More than the 512 tokens that BERT reads of nearly every text, and few enough for
   * {@link #MOST_ROWS} rows in a small executor.
   */
  private static final int CHARACTERS = 4096;

  /** More rows change a word count's accuracy little, and one task holds them. */
  static final int MOST_ROWS = 50_000;

  private static final String WORD = "\\p{IsHan}|[\\p{L}\\p{M}\\p{N}&&[^\\p{IsHan}]]+";

  private Documents() {}

  /**
   * The words of all rows.
   *
   * @param rows (first STRING, second STRING or null, label INT)
   * @return (text STRING, label INT, words ARRAY&lt;STRING>), in the partitions of the rows
   */
  static Dataset<Row> of(Dataset<Row> rows) {
    return words(texts(rows));
  }

  /**
   * The words of at most {@value #MOST_ROWS} rows, chosen and sorted by a hash of their content, so
   * that what is fitted on them does not depend on the partitions of the rows.
   *
   * @param rows (first STRING, second STRING or null, label INT)
   * @return (text STRING, label INT, words ARRAY&lt;STRING>), in one partition
   */
  static Dataset<Row> sample(Dataset<Row> rows) {
    Dataset<Row> texts = texts(rows);
    Column hash = xxhash64(col("text"), col("label"));
    // The hashes first: a sort of whole texts under a limit would hold them all in memory.
    Row last =
        texts.select(hash.as("hash")).orderBy("hash").limit(MOST_ROWS).agg(max("hash")).first();
    if (last.isNullAt(0)) {
      return words(texts.limit(0));
    }
    return words(
        texts
            .filter(hash.leq(last.getLong(0)))
            .repartition(1)
            .sortWithinPartitions(hash, col("text"), col("label"))
            // Rows of equal hashes may be more.
            .limit(MOST_ROWS));
  }

  private static Dataset<Row> texts(Dataset<Row> rows) {
    return rows.select(
        // Null where there is no second text; concat_ws leaves it out.
        lower(concat_ws(" ", beginning("first"), beginning("second"))).as("text"), col("label"));
  }

  private static Column beginning(String column) {
    return substring(col(column), 1, CHARACTERS);
  }

  private static Dataset<Row> words(Dataset<Row> texts) {
    return new RegexTokenizer()
        .setInputCol("text")
        .setOutputCol("words")
        .setGaps(false)
        .setPattern(WORD)
        // Java's lower case depends on the locale; Spark SQL's does not.
        .setToLowercase(false)
        .transform(texts);
  }
}
