package org.smartbert.udfs;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.is_valid_utf8;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.udfs.ScoringIterator.Places;
import org.smartbert.udfs.ScoringIterator.Scored;

/**
 * Skip-and-exit inference over a DataFrame of text, by mapPartitions.
 *
 * <p>Spark evaluates the result as often as it is used: write it before you read it twice.
 */
public final class AdaptiveScoring {
  private static final int MAX_COLUMNS = 17;

  private AdaptiveScoring() {}

  /**
   * The input's columns, unchanged, followed by the prediction columns. A row that cannot be scored
   * is written with a null prediction, and {@code error} says why: its text is null or not valid
   * UTF-8, or its reader found it malformed ({@link TextColumns#MALFORMED}).
   *
   * @throws org.smartbert.model.InvalidInputException before any work, for a column that is
   *     missing, is no text, or has a prediction column's name
   */
  public static Dataset<Row> score(
      Dataset<Row> input, ScoringRequest request, ScoringCounters counters) {
    StructType kept = withoutMalformed(input.schema());
    int columns = kept.size();
    Carrier carrier = new Carrier(kept);
    StructType travelling = request.schema().after(carrier.travelling());
    request.schema().after(kept);
    MapPartitionsFunction<Row, Row> scorer =
        rows ->
            new ScoringIterator(
                rows,
                new Places(columns, columns + 1, columns + 2),
                request,
                counters,
                (row, config) -> flat(row, columns, config, request));
    Dataset<Row> scored =
        Carrier.exact(loaded(input, carrier, request))
            .mapPartitions(scorer, Carrier.encoder(travelling));
    List<Column> restored = new ArrayList<>(carrier.restored());
    request.schema().columns().forEach(column -> restored.add(TextColumns.column(column.name())));
    return scored.select(restored.toArray(Column[]::new));
  }

  private static StructType withoutMalformed(StructType schema) {
    StructType kept = new StructType();
    for (StructField field : schema.fields()) {
      kept = field.name().equals(TextColumns.MALFORMED) ? kept : kept.add(field);
    }
    return kept;
  }

  /** The columns as they travel, the text, the second text, and why a row cannot be scored. */
  private static Dataset<Row> loaded(Dataset<Row> input, Carrier carrier, ScoringRequest request) {
    StructType schema = input.schema();
    Column none = lit(null).cast(DataTypes.StringType);
    Column text = TextColumns.text(schema, request.columns().text(), "--text-column");
    Column pair =
        request.columns().pair() == null
            ? none
            : TextColumns.text(schema, request.columns().pair(), "--pair-column");
    boolean flawed = Arrays.asList(schema.fieldNames()).contains(TextColumns.MALFORMED);
    Column refused =
        coalesce(
            flawed ? TextColumns.column(TextColumns.MALFORMED) : none,
            invalid(text, request.columns().text()),
            invalid(pair, String.valueOf(request.columns().pair())));
    List<Column> columns = new ArrayList<>();
    for (String name : carrier.schema().fieldNames()) {
      columns.add(TextColumns.column(name));
    }
    List<Column> loaded = new ArrayList<>(carrier.loaded(columns));
    loaded.add(text.as("text"));
    loaded.add(pair.as("pair"));
    loaded.add(refused.as("refused"));
    return input.select(loaded.toArray(Column[]::new));
  }

  /** Java would replace what is not valid UTF-8, and the network would read something else. */
  private static Column invalid(Column text, String name) {
    return when(
        text.isNotNull().and(not(is_valid_utf8(text))),
        lit("The column " + name + " holds bytes that are not valid UTF-8."));
  }

  private static Row flat(Scored scored, int columns, BertConfig config, ScoringRequest request) {
    Row row = scored.row();
    List<Object> values = new ArrayList<>(columns + MAX_COLUMNS);
    for (int i = 0; i < columns; i++) {
      values.add(row.get(i));
    }
    PredictionColumns.addAnswer(
        values, config.labels(), scored.encoded(), scored.decision(), scored.error());
    PredictionColumns.addRun(values, request, scored.decision(), Instant.now());
    return RowFactory.create(values.toArray());
  }
}
