package org.smartbert.jobs.io;

import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.training.LabelledText;

/** Turns a user's table into (first, second, label, validation) rows that have no label yet. */
public record UnlabelledRows(String textColumn, String pairColumn) {
  /**
   * The rows of a table.
   *
   * @param read all
   * @param withoutText left out because their text is null
   */
  public record Counts(long read, long withoutText) {
    /** One line for people. */
    public String describe(String location) {
      return String.format(
          Locale.ROOT,
          "%s: %,d rows read, %,d used, %,d skipped without a text.",
          location,
          read,
          read - withoutText,
          withoutText);
    }
  }

  /** Refuses columns that are missing or of the wrong type. */
  public void validate(StructType schema) {
    texts().validate(schema);
  }

  /**
   * Counts the rows.
   *
   * @throws org.smartbert.model.InvalidInputException for texts that are not valid UTF-8
   */
  public Counts count(Dataset<Row> rows) {
    StructType schema = rows.schema();
    Row sums =
        rows.agg(
                functions.count(lit(1)),
                count_if(texts().first(schema).isNull()),
                count_if(texts().broken(schema)))
            .first();
    TextRows.requireReadable(sums.getLong(2), sums.getLong(0));
    return new Counts(sums.getLong(0), sums.getLong(1));
  }

  /** The rows with a text, a share of them for validation by a hash of the text. */
  public Dataset<Row> split(Dataset<Row> rows, double validationShare, long seed) {
    StructType schema = rows.schema();
    return rows.filter(texts().first(schema).isNotNull())
        .select(
            texts().first(schema).as("first"),
            texts().second(schema).as("second"),
            lit(LabelledText.NO_LABEL).as("label"),
            texts().chosen(schema, validationShare, seed).as("validation"));
  }

  private TextRows texts() {
    return new TextRows(textColumn, pairColumn);
  }
}
