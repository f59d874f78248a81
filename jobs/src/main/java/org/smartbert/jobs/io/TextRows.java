package org.smartbert.jobs.io;

import static org.apache.spark.sql.functions.is_valid_utf8;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/** The texts of a user's table, as training reads them. */
record TextRows(String textColumn, String pairColumn) {
  private static final int HASH_BUCKETS = 1_000_000;

  /** Refuses columns that are missing or of the wrong type. */
  void validate(StructType schema) {
    if (schema.getFieldIndex(TextColumns.MALFORMED).isDefined()) {
      throw new InvalidInputException(
          "--malformed keep applies only to score; give --malformed drop to skip malformed"
              + " records.");
    }
    TextColumns.text(schema, textColumn, "--text-column");
    if (pairColumn != null) {
      TextColumns.text(schema, pairColumn, "--pair-column");
    }
  }

  /** The text. */
  Column first(StructType schema) {
    return TextColumns.text(schema, textColumn, "--text-column");
  }

  /** The second text; null where there is none. */
  Column second(StructType schema) {
    return pairColumn == null
        ? lit(null).cast(DataTypes.StringType)
        : TextColumns.text(schema, pairColumn, "--pair-column");
  }

  /** Whether a text is not valid UTF-8; null or false where it is. */
  Column broken(StructType schema) {
    Column broken = not(is_valid_utf8(first(schema)));
    return pairColumn == null ? broken : broken.or(not(is_valid_utf8(second(schema))));
  }

  /** Refuses rows whose texts are not valid UTF-8: Java would replace their bytes. */
  static void requireReadable(long broken, long rows) {
    if (broken > 0) {
      throw new InvalidInputException(
          "%d of %d rows have texts that are not valid UTF-8; convert them when the table is"
              + " written.",
          broken, rows);
    }
  }

  /**
   * Whether a row is among a share of the rows that is chosen by a hash of the text, so that all
   * rows of one text are, or none of them.
   */
  Column chosen(StructType schema, double share, long seed) {
    return chosen(first(schema), share, seed);
  }

  /** Whether a row is among a share of the rows that is chosen by a hash of a key. */
  static Column chosen(Column key, double share, long seed) {
    return pmod(xxhash64(key, lit(seed)), lit(HASH_BUCKETS)).lt(lit((int) (share * HASH_BUCKETS)));
  }
}
