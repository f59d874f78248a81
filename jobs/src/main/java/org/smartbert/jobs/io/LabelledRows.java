package org.smartbert.jobs.io;

import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/** Turns a user's table into (first, second, label, validation) rows. */
public record LabelledRows(String textColumn, String pairColumn, String labelColumn) {
  private static final int MAX_LABELS = 1000;

  /**
   * The rows of a table.
   *
   * @param read all
   * @param withoutText left out because their text is null
   * @param withoutLabel left out because their label is null, the text being there
   */
  public record Counts(long read, long withoutText, long withoutLabel) {
    /** Rows with a text and a label. */
    public long used() {
      return read - withoutText - withoutLabel;
    }

    /** One line for people. */
    public String describe(String location) {
      return String.format(
          Locale.ROOT,
          "%s: %,d rows read, %,d used, %,d skipped without a text, %,d without a label.",
          location,
          read,
          used(),
          withoutText,
          withoutLabel);
    }
  }

  /** Refuses columns that are missing or of the wrong type. */
  public void validate(StructType schema) {
    texts().validate(schema);
    DataType type = TextColumns.type(schema, labelColumn, "--label-column");
    boolean whole =
        type.equals(DataTypes.IntegerType)
            || type.equals(DataTypes.LongType)
            || type.equals(DataTypes.ShortType)
            || type.equals(DataTypes.ByteType);
    if (!whole && !(type instanceof StringType) && !type.equals(DataTypes.BooleanType)) {
      throw new InvalidInputException(
          "The column %s has the type %s; --label-column takes a STRING, BOOLEAN or whole"
              + " number column.",
          labelColumn, type.sql());
    }
  }

  /**
   * Counts the rows.
   *
   * @throws InvalidInputException for texts that are not valid UTF-8: Java would replace their
   *     bytes
   */
  public Counts count(Dataset<Row> rows) {
    Column noText = text(rows).isNull();
    Row sums =
        rows.agg(
                functions.count(lit(1)),
                count_if(noText),
                count_if(functions.not(noText).and(label(rows).isNull())),
                count_if(texts().broken(rows.schema())))
            .first();
    TextRows.requireReadable(sums.getLong(3), sums.getLong(0));
    return new Counts(sums.getLong(0), sums.getLong(1), sums.getLong(2));
  }

  /** The class names: whole numbers by value, other labels as text. */
  public List<String> labels(Dataset<Row> rows) {
    List<String> labels = distinctLabels(rows);
    if (labels.size() < 2 || labels.size() > MAX_LABELS) {
      throw new InvalidInputException(
          "The column %s holds %s distinct labels; a classifier needs 2 to %d.",
          labelColumn,
          labels.size() > MAX_LABELS ? "over " + MAX_LABELS : labels.size(),
          MAX_LABELS);
    }
    boolean numbers = labels.stream().allMatch(label -> label.matches("-?\\d{1,18}"));
    labels.sort(
        numbers
            ? Comparator.<String>comparingLong(Long::parseLong)
                .thenComparing(Comparator.naturalOrder())
            : Comparator.naturalOrder());
    return labels;
  }

  /** The distinct labels of the column, in no order; at most one more than is allowed. */
  public List<String> distinctLabels(Dataset<Row> rows) {
    List<String> labels = new ArrayList<>();
    Column label = label(rows);
    rows.filter(text(rows).isNotNull().and(label.isNotNull()))
        .select(label)
        .distinct()
        .limit(MAX_LABELS + 1)
        .collectAsList()
        .forEach(row -> labels.add(row.getString(0)));
    return labels;
  }

  /** Labels of these rows that are not among the known ones, the first five in quotes. */
  public String unknownLabels(Dataset<Row> rows, List<String> known) {
    List<String> unknown = distinctLabels(rows);
    unknown.removeAll(known);
    unknown.sort(Comparator.naturalOrder());
    return LabelSpelling.shown(unknown.subList(0, Math.min(5, unknown.size())));
  }

  /**
   * All rows with a text and a label, as {@link #all} gives them.
   *
   * @param dataSet the input's name, {@code model} the model's, for messages
   * @throws InvalidInputException if there are none, or labels that are not among the known ones
   */
  public Dataset<Row> known(Dataset<Row> input, List<String> labels, String dataSet, String model) {
    Dataset<Row> rows = all(input, labels, true);
    if (rows.isEmpty()) {
      throw new InvalidInputException(
          "The input %s holds no row with a text and a label; give labelled rows.", dataSet);
    }
    if (!rows.filter(functions.col("label").lt(0)).isEmpty()) {
      throw new InvalidInputException(
          "The column %s holds labels that the model %s does not know (%s); it knows: %s.",
          labelColumn, model, unknownLabels(input, labels), String.join(", ", labels));
    }
    return rows;
  }

  /** A warning of labels that look like one label written in several ways, if there are any. */
  public static Optional<String> lookAlikes(List<String> labels) {
    return LabelSpelling.lookAlikes(labels);
  }

  /** All rows of a table that is train or validation as a whole. Rows without text go. */
  public Dataset<Row> all(Dataset<Row> rows, List<String> labels, boolean validation) {
    return select(rows, labels, lit(validation));
  }

  /** Rows of one table, a share of them for validation by a hash of the text. */
  public Dataset<Row> split(
      Dataset<Row> rows, List<String> labels, double validationShare, long seed) {
    return select(rows, labels, texts().chosen(rows.schema(), validationShare, seed));
  }

  /**
   * Rows of one table, a share of its groups for validation by a hash of the group.
   *
   * @throws InvalidInputException if the column is missing, or a row that is used has no group
   */
  public Dataset<Row> splitByGroup(
      Dataset<Row> rows, List<String> labels, String groupColumn, double share, long seed) {
    Column group =
        TextColumns.any(rows.schema(), groupColumn, "--group-column").cast(DataTypes.StringType);
    Column used = text(rows).isNotNull().and(label(rows).isNotNull());
    long without = rows.filter(used.and(group.isNull())).count();
    if (without > 0) {
      throw new InvalidInputException(
          "The column %s is null in %d rows; --group-column needs the group of every row, so fill"
              + " it or leave those rows out.",
          groupColumn, without);
    }
    return select(rows, labels, TextRows.chosen(group, share, seed));
  }

  private Dataset<Row> select(Dataset<Row> rows, List<String> labels, Column validation) {
    Column index =
        functions
            .array_position(
                functions.array(labels.stream().map(functions::lit).toArray(Column[]::new)),
                label(rows))
            .minus(1)
            .cast("int");
    Column whole = text(rows).isNotNull().and(label(rows).isNotNull());
    return rows.filter(whole)
        .select(
            text(rows).as("first"),
            texts().second(rows.schema()).as("second"),
            index.as("label"),
            validation.as("validation"));
  }

  private Column text(Dataset<Row> rows) {
    return texts().first(rows.schema());
  }

  private TextRows texts() {
    return new TextRows(textColumn, pairColumn);
  }

  /** As plain text: two labels are one class only where they are equal as text. */
  private Column label(Dataset<Row> rows) {
    return TextColumns.any(rows.schema(), labelColumn, "--label-column").cast(DataTypes.StringType);
  }
}
