package org.smartbert.udfs;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Carries the columns of a table through Java's objects and back without a change: strings as their
 * bytes, which need not be valid UTF-8, and dates and times as java.time has them, because
 * java.sql's calendar has no days between 4 and 15 October 1582 and counts those before
 * differently.
 *
 * @param schema of the table
 */
record Carrier(StructType schema) {

  /** The columns under the names c0, c1, ... in the types that they travel in. */
  List<Column> loaded(List<Column> columns) {
    List<Column> loaded = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      loaded.add(columns.get(i).cast(travelling(schema.apply(i).dataType())).as("c" + i));
    }
    return loaded;
  }

  /** The types on the way. */
  StructType travelling() {
    StructType types = new StructType();
    for (int i = 0; i < schema.size(); i++) {
      StructField field = schema.apply(i);
      types = types.add("c" + i, travelling(field.dataType()), field.nullable());
    }
    return types;
  }

  /** The columns as they were. */
  List<Column> restored() {
    List<Column> restored = new ArrayList<>();
    for (int i = 0; i < schema.size(); i++) {
      StructField field = schema.apply(i);
      restored.add(col("c" + i).cast(field.dataType()).as(field.name(), field.metadata()));
    }
    return restored;
  }

  private static DataType travelling(DataType type) {
    if (type instanceof StringType) {
      return DataTypes.BinaryType;
    }
    if (type instanceof ArrayType array) {
      return DataTypes.createArrayType(travelling(array.elementType()), array.containsNull());
    }
    if (type instanceof MapType map) {
      return DataTypes.createMapType(
          travelling(map.keyType()), travelling(map.valueType()), map.valueContainsNull());
    }
    if (type instanceof StructType struct) {
      StructType fields = new StructType();
      for (StructField field : struct.fields()) {
        fields = fields.add(field.name(), travelling(field.dataType()), field.nullable());
      }
      return fields;
    }
    return type;
  }

  /** The rows, to be taken as objects of java.time. */
  static Dataset<Row> exact(Dataset<Row> rows) {
    return rows.as(encoder(rows.schema()));
  }

  /** Of rows whose dates and times are objects of java.time. */
  static Encoder<Row> encoder(StructType schema) {
    SQLConf conf = SQLConf.get().clone();
    conf.setConfString("spark.sql.datetime.java8API.enabled", "true");
    return SQLConf.withExistingConf(conf, () -> Encoders.row(schema));
  }
}
