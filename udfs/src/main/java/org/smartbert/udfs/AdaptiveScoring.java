package org.smartbert.udfs;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.udfs.ScoringIterator.Scored;

/**
 * Skip-and-exit inference over a DataFrame of text, by mapPartitions.
 *
 * <p>Spark evaluates the result as often as it is used: write it before you read it twice.
 */
public final class AdaptiveScoring {
  private static final int MOST_COLUMNS = 17;

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
        rows ->
            new ScoringIterator(
                rows, text, pair, request, counters, (row, config) -> flat(row, config, request));
    return input.mapPartitions(scorer, Encoders.row(output));
  }

  private static Row flat(Scored scored, BertConfig config, ScoringRequest request) {
    Row row = scored.row();
    List<Object> values = new ArrayList<>(row.size() + MOST_COLUMNS);
    for (int i = 0; i < row.size(); i++) {
      values.add(row.get(i));
    }
    PredictionColumns.addAnswer(
        values, config.labels(), scored.encoded(), scored.decision(), scored.error());
    PredictionColumns.addRun(values, request, scored.decision(), Timestamp.from(Instant.now()));
    return RowFactory.create(values.toArray());
  }
}
