package org.smartbert.jobs.io;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What two sets of columns do not share. */
final class SchemaDifferences {
  private SchemaDifferences() {}

  /** Columns that are new, missing, or of another type, in words; their order does not matter. */
  static List<String> between(StructType before, StructType now) {
    List<String> differences = additions(before, now);
    for (StructField field : before.fields()) {
      if (now.getFieldIndex(field.name()).isEmpty()) {
        differences.add(field.name() + " is missing");
      }
    }
    return differences;
  }

  /** Columns that are new or of another type. */
  static List<String> additions(StructType before, StructType now) {
    List<String> differences = new ArrayList<>();
    for (StructField field : now.fields()) {
      if (before.getFieldIndex(field.name()).isEmpty()) {
        differences.add(field.name() + " is new");
        continue;
      }
      String old = before.apply(field.name()).dataType().catalogString();
      String type = field.dataType().catalogString();
      if (!old.equals(type)) {
        differences.add(field.name() + " was " + old + " and is " + type);
      }
    }
    return differences;
  }
}
