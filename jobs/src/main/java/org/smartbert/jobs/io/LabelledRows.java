package org.smartbert.jobs.io;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/** Turns a user's table into (first, second, label, validation) rows. */
public record LabelledRows(String textColumn, String pairColumn, String labelColumn) {
  private static final int MOST_LABELS = 1000;
  private static final int HASH_BUCKETS = 1_000_000;

  /** Refuses columns that are missing or of the wrong type. */
  public void validate(StructType schema) {
    TextColumns.text(schema, textColumn, "--text-column");
    if (pairColumn != null) {
      TextColumns.text(schema, pairColumn, "--pair-column");
    }
    DataType type =
        schema.fields()[TextColumns.indexOf(schema, labelColumn, "--label-column")].dataType();
    boolean whole =
        type.equals(DataTypes.IntegerType)
            || type.equals(DataTypes.LongType)
            || type.equals(DataTypes.ShortType)
            || type.equals(DataTypes.ByteType);
    if (!whole && !type.equals(DataTypes.StringType) && !type.equals(DataTypes.BooleanType)) {
      throw new InvalidInputException(
          "The column %s has the type %s; --label-column takes a STRING, BOOLEAN or whole"
              + " number column.",
          labelColumn, type.sql());
    }
  }

  /** The class names: whole numbers by value, other labels by their letters. */
  public List<String> labels(Dataset<Row> rows) {
    List<String> labels = distinctLabels(rows);
    if (labels.size() < 2 || labels.size() > MOST_LABELS) {
      throw new InvalidInputException(
          "The column %s holds %s distinct labels; a classifier needs 2 to %d.",
          labelColumn,
          labels.size() > MOST_LABELS ? "over " + MOST_LABELS : labels.size(),
          MOST_LABELS);
    }
    boolean numbers = labels.stream().allMatch(label -> label.matches("-?\\d{1,18}"));
    labels.sort(numbers ? Comparator.comparingLong(Long::parseLong) : Comparator.naturalOrder());
    return labels;
  }

  /** The labels that stand in the column, in no order; one more than is allowed at most. */
  public List<String> distinctLabels(Dataset<Row> rows) {
    List<String> labels = new ArrayList<>();
    rows.select(label())
        .filter(label().isNotNull())
        .distinct()
        .limit(MOST_LABELS + 1)
        .collectAsList()
        .forEach(row -> labels.add(row.getString(0)));
    return labels;
  }

  /** All rows of a table that is train or validation as a whole. Rows without text go. */
  public Dataset<Row> all(Dataset<Row> rows, List<String> labels, boolean validation) {
    return select(rows, labels, lit(validation));
  }

  /** Rows of one table, a share of them for validation by a hash of the text. */
  public Dataset<Row> split(
      Dataset<Row> rows, List<String> labels, double validationShare, long seed) {
    Column bucket = pmod(xxhash64(text(textColumn), lit(seed)), lit(HASH_BUCKETS));
    return select(rows, labels, bucket.lt(lit((int) (validationShare * HASH_BUCKETS))));
  }

  private Dataset<Row> select(Dataset<Row> rows, List<String> labels, Column validation) {
    Column index =
        functions
            .array_position(
                functions.array(labels.stream().map(functions::lit).toArray(Column[]::new)),
                label())
            .minus(1)
            .cast("int");
    Column second = pairColumn == null ? lit(null).cast(DataTypes.StringType) : text(pairColumn);
    Column whole = text(textColumn).isNotNull().and(label().isNotNull());
    return rows.filter(whole)
        .select(
            text(textColumn).as("first"),
            second.as("second"),
            index.as("label"),
            validation.as("validation"));
  }

  private Column label() {
    return text(labelColumn).cast(DataTypes.StringType);
  }

  private static Column text(String name) {
    return col("`" + name + "`");
  }
}
