package org.smartbert.jobs.io;

import io.delta.tables.DeltaTable;
import io.delta.tables.DeltaTableBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.TextColumns;

/** Creates tables with their constraints. */
public record TableCreation(TableLocation location, SparkSession spark) {
  private static final String PROPERTY = "delta.constraints.";
  private static final Pattern DATA_FILE =
      Pattern.compile("\\.?part-\\d{5}-[0-9a-f-]{36}.*parquet.*");

  /**
   * Creates the table, empty, if it is missing; adds the constraints that an existing one lacks.
   *
   * <p>A new table has its constraints from its first commit on, so that a process that is killed
   * leaves a table with all of them or none. Two processes may create it at once.
   *
   * @param constraints what Delta checks on every write: SQL conditions by name
   * @throws InvalidInputException if rows of an existing table violate a constraint
   */
  public void create(StructType schema, Map<String, String> constraints) {
    if (!location.exists(spark)) {
      try {
        createNow(schema, constraints);
      } catch (Exception e) {
        // Of two processes the slower one finds the table that it wanted.
        if (!location.exists(spark)) {
          throw e;
        }
      }
    }
    addMissing(constraints);
  }

  private void createNow(StructType schema, Map<String, String> constraints) {
    if (location.kind() == TableLocation.Kind.CATALOG) {
      DeltaTableBuilder builder =
          DeltaTable.createIfNotExists(spark).tableName(location.name()).addColumns(schema);
      constraints.forEach((name, condition) -> builder.property(property(name), condition));
      builder.execute();
      return;
    }
    // Not CREATE TABLE, which refuses a folder that holds an empty log.
    DataFrameWriter<Row> writer = spark.createDataFrame(List.of(), schema).write();
    constraints.forEach((name, condition) -> writer.option(property(name), condition));
    location.write(writer);
  }

  /** Tables of earlier versions may lack some: there each was a commit of its own. */
  private void addMissing(Map<String, String> constraints) {
    constraints.forEach(
        (name, condition) ->
            DeltaCommits.retrying(
                location.name(),
                () -> {
                  if (!has(name)) {
                    add(name, condition);
                  }
                }));
  }

  private boolean has(String constraint) {
    return location.snapshot(spark).metadata().configuration().contains(property(constraint));
  }

  private void add(String name, String condition) {
    try {
      spark.sql(
          String.format(
              "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s)",
              location.sql(), TextColumns.quoted(name), condition));
    } catch (Exception e) {
      if (e instanceof AnalysisException) {
        throw new InvalidInputException(
            e,
            "The table %s has no constraint %s, and it could not be added, because rows of the"
                + " table violate %s; remove them or choose another table.",
            location.name(),
            name,
            condition);
      }
      throw e;
    }
  }

  private static String property(String constraint) {
    return PROPERTY + constraint.toLowerCase(Locale.ROOT);
  }

  /**
   * Puts a folder in order whose creation as a table was cut off.
   *
   * @param option that the user gives another place by
   * @throws InvalidInputException if the folder holds something else, or lies inside of a table
   */
  public void requireCreatable(String option) {
    if (location.kind() == TableLocation.Kind.CATALOG) {
      return;
    }
    try {
      DeltaLogFolder log = location.log(spark);
      log.setTornFirstCommitAside();
      if (log.hasCommits()) {
        return;
      }
      List<String> others = log.exists() ? withoutLeftovers(log.others()) : log.others();
      if (!others.isEmpty()) {
        throw new InvalidInputException(
            "%s exists and is not a Delta table; choose another %s or remove it (it holds %s).",
            location.name(), option, Names.quoted(others.get(0)));
      }
      log.enclosingTable()
          .ifPresent(
              table -> {
                throw new InvalidInputException(
                    "%s lies in the folder of the Delta table %s, whose VACUUM would delete it;"
                        + " choose another %s.",
                    location.name(), table, option);
              });
    } catch (IOException e) {
      throw StorageFailure.unreachable(location.name(), e);
    }
  }

  /** Without the empty data files that a creation writes before its commit. */
  private List<String> withoutLeftovers(List<String> names) {
    return names.stream()
        .filter(name -> !(DATA_FILE.matcher(name).matches() && holdsNoRow(name)))
        .toList();
  }

  private boolean holdsNoRow(String name) {
    // The checksum of a file goes with it.
    if (name.startsWith(".")) {
      return true;
    }
    String file = location.name() + "/" + name;
    try {
      return spark.read().parquet(file).isEmpty();
    } catch (Exception e) {
      // Truncated before its footer: no reader can read a row of it.
      return UnreadableInput.of(e).isPresent();
    }
  }
}
