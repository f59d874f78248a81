package org.smartbert.jobs.io.text;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;

/**
 * The columns of JSON objects.
 *
 * @param records with the column {@link JsonLines#LINE}
 * @param options of Spark's parser
 * @param location of the input, as the user gave it
 */
record JsonColumns(Dataset<Row> records, Map<String, String> options, String location) {

  /**
   * What the objects have.
   *
   * @throws InvalidInputException if there is no object
   */
  StructType inferred() {
    StructType schema = ofObjects();
    if (schema.isEmpty()) {
      throw new InvalidInputException(
          "The input %s holds no line with a JSON object; give --option multiLine=true where an"
              + " object or an array spans lines.",
          location);
    }
    return schema;
  }

  /**
   * The columns of earlier files, which these objects must fit: all of their keys are among them,
   * and their values have those types.
   *
   * @throws InvalidInputException if they do not
   */
  StructType fitting(StructType earlier, List<String> partitions) {
    StructType wanted = new StructType();
    for (StructField field : earlier.fields()) {
      wanted = partitions.contains(field.name()) ? wanted : wanted.add(field);
    }
    StructType found = ofObjects();
    List<String> differences = new ArrayList<>();
    for (StructField field : found.fields()) {
      if (wanted.getFieldIndex(field.name()).isEmpty()) {
        differences.add(field.name() + " is new");
        continue;
      }
      DataType type = wanted.apply(field.name()).dataType();
      if (!field.dataType().sameType(type) && !fits(field, type)) {
        differences.add(
            field.name() + " was " + type.catalogString() + " and is " + field.dataType().sql());
      }
    }
    if (!differences.isEmpty()) {
      throw new InvalidInputException(
          "New files of the input %s have other columns than its first files had (%s); take them"
              + " out, or give another --output, which scores all files with the columns of now.",
          location, String.join("; ", differences));
    }
    return wanted;
  }

  private StructType ofObjects() {
    StructType schema = new StructType();
    for (StructField field :
        records.sparkSession().read().options(options).json(lines()).schema().fields()) {
      if (!field.name().equals(JsonLines.CORRUPT)) {
        schema = schema.add(field);
      }
    }
    return schema;
  }

  private Dataset<String> lines() {
    return records
        .filter(col(JsonLines.LINE).isNotNull())
        .select(JsonLines.LINE)
        .as(Encoders.STRING());
  }

  /**
   * Whether all values of a key can be read as an earlier type: whole numbers as fractions, and a
   * key without values, which Spark takes for a text, as anything. Objects and arrays are not
   * tried, because Spark would leave out their new keys.
   */
  private boolean fits(StructField field, DataType earlier) {
    boolean simple =
        field.dataType() instanceof StringType || (isSimple(field.dataType()) && isSimple(earlier));
    if (!simple) {
      return false;
    }
    Column now = corrupt(new StructType().add(field));
    Column before = corrupt(new StructType().add(field.name(), earlier));
    return records
        .filter(col(JsonLines.LINE).isNotNull())
        .filter(before.isNotNull().and(now.isNull()))
        .isEmpty();
  }

  private static boolean isSimple(DataType type) {
    return !type.simpleString().contains("<");
  }

  private Column corrupt(StructType schema) {
    StructType whole = schema.add(JsonLines.CORRUPT, DataTypes.StringType);
    return from_json(col(JsonLines.LINE), whole, options).getField(JsonLines.CORRUPT);
  }
}
