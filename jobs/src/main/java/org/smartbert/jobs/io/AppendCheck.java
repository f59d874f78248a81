package org.smartbert.jobs.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.CalendarIntervalType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DayTimeIntervalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.YearMonthIntervalType;
import org.smartbert.model.InvalidInputException;

/** Checks before any work that rows can be appended to a table. */
public record AppendCheck(TableLocation location, SparkSession spark) {
  private static final String FORBIDDEN = " ,;{}()\n\t=";
  private static final String MAPPING = "delta.columnMapping.mode";
  private static final String MAPPING_OF_NEW =
      "spark.databricks.delta.properties.defaults.columnMapping.mode";

  /**
   * Checks names, types and the table that is there; nothing is written.
   *
   * @throws InvalidInputException for names or types that Delta does not store, for a table with
   *     other columns, for a folder that holds something else, and where nothing may be written
   */
  public void require(StructType schema) {
    requireDistinct(schema);
    boolean there = location.exists(spark);
    requireDelta();
    if (!mapsNames(there)) {
      for (StructField field : schema.fields()) {
        requireName(field, field.name());
      }
    }
    for (StructField field : schema.fields()) {
      requireStorable(field.name(), field.dataType());
    }
    if (there) {
      requireSameColumns(schema);
    } else {
      new TableCreation(location, spark).requireCreatable("--output");
    }
  }

  /**
   * Tries to write, which is the only sure way to know whether it is allowed.
   *
   * @throws InvalidInputException if it is not
   */
  public void requireWritable() {
    if (location.kind() == TableLocation.Kind.PATH) {
      try {
        location.log(spark).tryToWrite();
      } catch (IOException e) {
        throw StorageFailure.notWritable(location.name(), e);
      }
    }
  }

  /**
   * Refuses a table of the catalog that is no Delta table; one that is missing passes.
   *
   * @throws InvalidInputException if it is one
   */
  public void requireDelta() {
    if (location.kind() == TableLocation.Kind.PATH || !location.exists(spark)) {
      return;
    }
    boolean delta =
        spark.sql("DESCRIBE TABLE EXTENDED " + location.sql()).collectAsList().stream()
            .filter(row -> row.getString(0).equals("Provider"))
            .anyMatch(row -> row.getString(1).equalsIgnoreCase("delta"));
    if (!delta) {
      throw new InvalidInputException(
          "%s is in the catalog and is not a Delta table; choose another --output.",
          location.name());
    }
  }

  private static void requireDistinct(StructType schema) {
    Set<String> seen = new HashSet<>();
    for (String name : schema.fieldNames()) {
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new InvalidInputException(
            "The column %s would appear twice in the output, where names differ only by case;"
                + " rename it or exclude it (--keep).",
            Names.quoted(name));
      }
    }
  }

  /** Whether the table stores columns under names of its own. */
  private boolean mapsNames(boolean there) {
    String mode =
        there
            ? location.snapshot(spark).metadata().configuration().getOrElse(MAPPING, () -> "none")
            : spark.conf().get(MAPPING_OF_NEW, "none");
    return !mode.equalsIgnoreCase("none");
  }

  private static void requireName(StructField field, String path) {
    if (field.name().chars().anyMatch(c -> FORBIDDEN.indexOf(c) >= 0)) {
      throw new InvalidInputException(
          "The column %s has a character that Delta does not allow in a name (blank , ; { } ( ) ="
              + " tab line break); rename it, exclude it (--keep), or start with --conf"
              + " %s=name, which lets new tables store such names.",
          Names.quoted(path), MAPPING_OF_NEW);
    }
    inner(field.dataType()).forEach(nested -> requireName(nested, path + "." + nested.name()));
  }

  private static List<StructField> inner(DataType type) {
    if (type instanceof StructType struct) {
      return List.of(struct.fields());
    }
    if (type instanceof ArrayType array) {
      return inner(array.elementType());
    }
    if (type instanceof MapType map) {
      List<StructField> both = new ArrayList<>(inner(map.keyType()));
      both.addAll(inner(map.valueType()));
      return both;
    }
    return List.of();
  }

  private static void requireStorable(String path, DataType type) {
    if (type instanceof NullType
        || type instanceof CalendarIntervalType
        || type instanceof DayTimeIntervalType
        || type instanceof YearMonthIntervalType) {
      throw new InvalidInputException(
          "The column %s has the type %s, which Delta does not store; cast it or exclude it"
              + " (--keep).",
          Names.quoted(path), type.sql());
    }
    if (type instanceof ArrayType array) {
      requireStorable(path + ".element", array.elementType());
    } else if (type instanceof MapType map) {
      requireStorable(path + ".key", map.keyType());
      requireStorable(path + ".value", map.valueType());
    } else if (type instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        requireStorable(path + "." + field.name(), field.dataType());
      }
    }
  }

  private void requireSameColumns(StructType schema) {
    StructType there = location.read(spark).schema();
    List<String> differences = new ArrayList<>();
    for (StructField column : schema.fields()) {
      if (there.getFieldIndex(column.name()).isEmpty()) {
        differences.add(column.name() + " is new");
        continue;
      }
      String stored = there.apply(column.name()).dataType().catalogString();
      String written = column.dataType().catalogString();
      if (!stored.equals(written)) {
        differences.add(column.name() + " is " + stored + " there and " + written + " here");
      }
    }
    Set<String> ours = Set.of(schema.fieldNames());
    for (StructField column : there.fields()) {
      if (!column.nullable() && !ours.contains(column.name())) {
        differences.add(column.name() + " must not be null there and is not written here");
      }
    }
    if (!differences.isEmpty()) {
      throw new InvalidInputException(
          "The table %s has different columns than this run would write (%s); choose another"
              + " --output.",
          location.name(), String.join("; ", differences));
    }
  }
}
