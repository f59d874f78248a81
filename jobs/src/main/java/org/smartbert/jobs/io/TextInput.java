package org.smartbert.jobs.io;

import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Rows of text.
 *
 * @param table where the rows are
 * @param textColumn the column of the text
 * @param pairColumn the column of a second text, for tasks on pairs
 */
public record TextInput(InputTable table, String textColumn, Optional<String> pairColumn) {
  /** Single texts. */
  public static TextInput of(InputTable table, String textColumn) {
    return new TextInput(table, textColumn, Optional.empty());
  }

  /** The same columns of another table, read with the same options. */
  public TextInput at(String location) {
    return new TextInput(table.withLocation(location), textColumn, pairColumn);
  }

  /** The same rows, their table {@linkplain InputTable#resolved resolved}. */
  public TextInput resolved(SparkSession spark) {
    return new TextInput(table.resolved(spark), textColumn, pairColumn);
  }

  /** The same rows, in which malformed records are rows with an error unless they are dropped. */
  public TextInput keepingMalformed() {
    return new TextInput(table.keepingMalformed(), textColumn, pairColumn);
  }

  public UnlabelledRows unlabelled() {
    return new UnlabelledRows(textColumn, pairColumn.orElse(null));
  }

  public LabelledRows labelledBy(String labelColumn) {
    return new LabelledRows(textColumn, pairColumn.orElse(null), labelColumn);
  }
}
