package org.smartbert.bench.rivals;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A way to classify texts on Spark, from the training rows to the scored table. */
interface Rival {
  /** What the table of results calls it. */
  String name();

  /**
   * Learns from the training rows, or finds the model that did; what is chosen, for instance a
   * threshold, is chosen on the validation rows.
   *
   * @throws Exception if it cannot be made; the comparison goes on without it and names the error
   */
  Fitted fit(TaskRows rows) throws Exception;

  /** A rival that is ready to score. */
  interface Fitted {
    /** What was chosen, for people. */
    String detail();

    /**
     * Labels for texts.
     *
     * @param rows text STRING, label STRING
     * @return the same columns and prediction STRING, null where a text could not be scored;
     *     nothing is computed before an action
     */
    Dataset<Row> score(Dataset<Row> rows);
  }
}
