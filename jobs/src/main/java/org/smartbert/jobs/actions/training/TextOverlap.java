package org.smartbert.jobs.actions.training;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.trim;

import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How many validation rows have a text that training rows have too, in lower case and with single
 * blanks between words, or one that stands word for word within a training row's text. The accuracy
 * on such rows is remembered rather than learned.
 *
 * <p>Contained texts are counted in small inputs only, because every pair of texts is compared, and
 * only those of {@value #WORDS} words or more: a word or two stand in many texts by chance.
 *
 * @param rows validation rows
 * @param equal with an equal text
 * @param contained with a text that is part of another; empty where they were not counted
 */
record TextOverlap(long rows, long equal, Optional<Long> contained) {
  /** The share of the validation rows above which there is a warning. */
  private static final double TOLERATED = 0.05;

  /** Every held-out text is searched in every other one, so their product is bounded. */
  private static final long MOST_PAIRS = 10_000_000;

  private static final int WORDS = 3;

  /**
   * Counts.
   *
   * @param rows (first STRING, second STRING, label INT, validation BOOLEAN)
   */
  static TextOverlap of(Dataset<Row> rows) {
    Column text =
        coalesce(concat(words("first"), lit(" "), words("second")), words("first")).as("text");
    Dataset<Row> train = rows.filter("NOT validation").select(text).distinct();
    Dataset<Row> held = rows.filter("validation").select(text);
    long heldRows = held.count();
    Dataset<Row> others = held.join(train, new String[] {"text"}, "left_anti");
    long equal = heldRows - others.count();
    if (train.count() * Math.max(1, heldRows) > MOST_PAIRS) {
      return new TextOverlap(heldRows, equal, Optional.empty());
    }
    Dataset<Row> whole = train.select(concat(lit(" "), col("text"), lit(" ")).as("whole"));
    Dataset<Row> parts =
        others
            .filter(size(split(col("text"), " ")).geq(WORDS))
            .select(concat(lit(" "), col("text"), lit(" ")).as("part"));
    long contained = parts.join(whole, col("whole").contains(col("part")), "left_semi").count();
    return new TextOverlap(heldRows, equal, Optional.of(contained));
  }

  private static Column words(String column) {
    return trim(regexp_replace(lower(col(column)), "\\s+", " "));
  }

  /** A line for the user where more rows overlap than is tolerable. */
  Optional<String> warning() {
    long overlapping = equal + contained.orElse(0L);
    if (overlapping <= TOLERATED * rows) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "Warning: of %,d validation rows %,d have the text of a training row%s, so that"
                + " validation accuracy is too high; hold out whole groups with --group-column, or"
                + " give other rows with --validation.",
            rows,
            equal,
            contained
                .map(
                    count ->
                        String.format(
                            Locale.ROOT, " and %,d have a text that is part of one", count))
                .orElse("")));
  }
}
