package org.smartbert.udfs;

import java.util.Arrays;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;

/** Finds columns by the names that users give. */
public final class TextColumns {
  private TextColumns() {}

  /** The index of a column, whatever its case. */
  public static int indexOf(StructType schema, String name, String option) {
    String[] names = schema.fieldNames();
    for (int i = 0; i < names.length; i++) {
      if (names[i].equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw new InvalidInputException(
        "The input has no column %s; give %s one of: %s.",
        name, option, String.join(", ", Arrays.asList(names)));
  }

  /** The index of a string column. */
  public static int text(StructType schema, String name, String option) {
    int index = indexOf(schema, name, option);
    StructField field = schema.fields()[index];
    if (!field.dataType().equals(DataTypes.StringType)) {
      throw new InvalidInputException(
          "The column %s has the type %s; %s takes a STRING column.",
          field.name(), field.dataType().sql(), option);
    }
    return index;
  }
}
