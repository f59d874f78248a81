package org.smartbert.jobs.io.text;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.json.JSONOptions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/**
 * JSON, an object a line or in whole files. Texts are decoded strictly here, because Spark's reader
 * replaces bytes that are no UTF-8; the objects are Spark's affair.
 *
 * @param reading how lines are read
 * @param parsing options of Spark's parser
 */
record JsonLines(TextOptions reading, Map<String, String> parsing) {
  /** The only field of a record. */
  static final String LINE = "__line_of_json";

  /** Spark's column for a line that it could not parse. */
  static final String CORRUPT = "__corrupt";

  private static final String OBJECT = "__object";

  /**
   * Sorts the options.
   *
   * @throws InvalidInputException for one that has no effect
   */
  static JsonLines of(Map<String, String> options) {
    Map<String, String> files = new LinkedHashMap<>();
    Map<String, String> parsing = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, String> option : options.entrySet()) {
      if (TextOptions.ofFiles(option.getKey())) {
        files.put(option.getKey(), option.getValue());
      } else {
        requireKnown(option.getKey());
        parsing.put(option.getKey(), option.getValue());
      }
    }
    String encoding = parsing.getOrDefault("encoding", parsing.getOrDefault("charset", "UTF-8"));
    parsing.remove("encoding");
    parsing.remove("charset");
    Dialect.charset(encoding);
    boolean multiLine = Boolean.parseBoolean(parsing.remove("multiLine"));
    Dialect dialect = Dialect.json(encoding, multiLine);
    return new JsonLines(new TextOptions(dialect, true, true, files), parsing);
  }

  /** Refuses an option that Spark's JSON reader does not have or that is ours to set. */
  private static void requireKnown(String option) {
    boolean ours =
        option.equalsIgnoreCase("mode") || option.equalsIgnoreCase("columnNameOfCorruptRecord");
    if (ours) {
      throw new InvalidInputException(
          "The option %s is not taken; give --malformed fail, keep or drop.", option);
    }
    if (option.equalsIgnoreCase("lineSep") || !JSONOptions.isValidOption(option)) {
      throw new InvalidInputException(
          "The option %s has no effect on JSON files; omit it.", option);
    }
  }

  /**
   * The objects' keys as columns, in the alphabet's order as Spark has them, then the partition
   * columns and what {@link PartRows} reports of malformed records.
   *
   * @param earlier columns of earlier files of the input, partition columns included; empty where
   *     the objects say which columns there are
   */
  Dataset<Row> parsed(
      Dataset<Row> records,
      List<String> partitions,
      String location,
      Optional<StructType> earlier) {
    Map<String, String> options = new LinkedHashMap<>(parsing);
    options.put("mode", "PERMISSIVE");
    options.put("columnNameOfCorruptRecord", CORRUPT);
    JsonColumns columnsOf = new JsonColumns(records, options, location);
    StructType schema =
        earlier.map(all -> columnsOf.fitting(all, partitions)).orElseGet(columnsOf::inferred);
    StructType whole = schema.add(CORRUPT, DataTypes.StringType);
    Dataset<Row> objects = records.withColumn(OBJECT, from_json(col(LINE), whole, options));
    Column corrupt =
        col(LINE)
            .isNotNull()
            .and(col(OBJECT).isNull().or(col(OBJECT).getField(CORRUPT).isNotNull()));
    List<Column> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      Column value = col(OBJECT).getField(field.name());
      columns.add(when(corrupt, lit(null)).otherwise(value).as(field.name()));
    }
    partitions.forEach(name -> columns.add(TextColumns.column(name)));
    columns.add(col(PartRows.FILE));
    columns.add(col(PartRows.START));
    columns.add(col(PartRows.LINE));
    columns.add(
        when(corrupt, lit(Flaw.JSON.name())).otherwise(col(PartRows.FLAW)).as(PartRows.FLAW));
    columns.add(coalesce(col(PartRows.RAW), when(corrupt, col(LINE))).as(PartRows.RAW));
    return objects.select(columns.toArray(Column[]::new));
  }
}
