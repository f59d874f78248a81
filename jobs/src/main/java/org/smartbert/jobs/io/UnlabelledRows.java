package org.smartbert.jobs.io;

import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Locale;
import org.apache.spark.sql.Column;
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
   * @param withText those whose text is not null
   * @param used of them
   */
  public record Counts(long read, long withText, long used) {
    /** The same where at most so many rows are used; 0: all. */
    public Counts atMost(long most) {
      return new Counts(read, withText, most == 0 ? withText : Math.min(most, withText));
    }

    /** One line for people. */
    public String describe(String location) {
      return String.format(
          Locale.ROOT,
          "%s: %,d rows read, %,d used, %,d skipped without a text%s.",
          location,
          read,
          used,
          read - withText,
          used < withText
              ? String.format(
                  Locale.ROOT, ", %,d left out by a hash of the text (--max-rows)", withText - used)
              : "");
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
    long withText = sums.getLong(0) - sums.getLong(1);
    return new Counts(sums.getLong(0), withText, withText);
  }

  /** Rows with a text, chosen by a hash of it: the same ones whenever they are chosen. */
  public Dataset<Row> sample(Dataset<Row> rows, int most, long seed) {
    StructType schema = rows.schema();
    Column first = texts().first(schema);
    return rows.filter(first.isNotNull())
        .orderBy(xxhash64(first, lit("sample"), lit(seed)), first, texts().second(schema))
        .limit(most);
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
