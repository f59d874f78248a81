package org.smartbert.udfs;

import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Skip-and-exit inference over a DataFrame of text, by mapPartitions.
 *
 * <p>Spark evaluates the result as often as it is used: write it before you read it twice.
 */
public final class AdaptiveScoring {
  private AdaptiveScoring() {}

  /**
   * The input's columns followed by the prediction columns. A row that cannot be scored keeps its
   * place: its prediction is null and {@code error} says why.
   *
   * @throws org.smartbert.model.InvalidInputException before any work, for a column that is
   *     missing, is no text, or has a prediction column's name
   */
  public static Dataset<Row> score(
      Dataset<Row> input, ScoringRequest request, ScoringCounters counters) {
    StructType schema = input.schema();
    int text = TextColumns.text(schema, request.textColumn(), "--text-column");
    int pair =
        request.pairColumn() == null
            ? -1
            : TextColumns.text(schema, request.pairColumn(), "--pair-column");
    StructType output = request.schema().after(schema);
    MapPartitionsFunction<Row, Row> scorer =
        rows -> new ScoringIterator(rows, text, pair, request, counters);
    return input.mapPartitions(scorer, Encoders.row(output));
  }
}
