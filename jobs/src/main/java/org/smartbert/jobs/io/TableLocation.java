package org.smartbert.jobs.io;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;

/**
 * A Delta table by path or by catalog name. What holds a slash or a colon, or starts with a dot, is
 * a path; so is every name where Spark has no metastore, because a table that only the session's
 * memory knows would be lost with it.
 */
public record TableLocation(String name, Kind kind) {
  /** How the table is addressed. */
  public enum Kind {
    PATH,
    CATALOG
  }

  /** Reads a user's words; paths become absolute. */
  public static TableLocation parse(String text, SparkSession spark) {
    boolean looksLikePath = text.contains("/") || text.contains(":") || text.startsWith(".");
    if (!looksLikePath && (hasMetastore(spark) || inCatalog(text, spark))) {
      return new TableLocation(text, Kind.CATALOG);
    }
    try {
      Path path = new Path(text);
      FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      String absolute = path.makeQualified(files.getUri(), files.getWorkingDirectory()).toString();
      return new TableLocation(absolute.replaceFirst("^file:/+", "/"), Kind.PATH);
    } catch (IOException e) {
      throw new UncheckedIOException("The table " + text + " could not be reached", e);
    }
  }

  /** A folder that a user names, as an absolute path; a bare name is a folder, never a table. */
  public static String absolute(String folder, SparkSession spark) {
    return parse(folder.contains("/") ? folder : "./" + folder, spark).name();
  }

  /** Whether the catalog has a table of that name; what cannot be a table's name is none. */
  public static boolean inCatalog(String name, SparkSession spark) {
    return name.matches("\\w+(\\.\\w+){0,2}") && spark.catalog().tableExists(name);
  }

  /** Whether names outlive the session. */
  public static boolean hasMetastore(SparkSession spark) {
    return !spark.conf().get("spark.sql.catalogImplementation", "in-memory").equals("in-memory");
  }

  /** The table {@code name} under the folder of our own tables. */
  public static TableLocation under(String root, String name, SparkSession spark) {
    return parse(root.endsWith("/") ? root + name : root + "/" + name, spark);
  }

  public boolean exists(SparkSession spark) {
    return kind == Kind.PATH
        ? DeltaTable.isDeltaTable(spark, name)
        : spark.catalog().tableExists(name);
  }

  public Dataset<Row> read(SparkSession spark) {
    return kind == Kind.PATH ? spark.read().format("delta").load(name) : spark.table(name);
  }

  public DeltaTable delta(SparkSession spark) {
    return kind == Kind.PATH ? DeltaTable.forPath(spark, name) : DeltaTable.forName(spark, name);
  }

  /**
   * Makes the table, empty, if it is missing.
   *
   * @param constraints what Delta checks on every write: SQL conditions by name
   */
  public void create(StructType schema, Map<String, String> constraints, SparkSession spark) {
    if (exists(spark)) {
      return;
    }
    write(spark.createDataFrame(List.of(), schema).write());
    constraints.forEach(
        (constraint, condition) ->
            spark.sql(
                String.format(
                    "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s)", sql(), constraint, condition)));
  }

  public void write(DataFrameWriter<Row> writer) {
    if (kind == Kind.PATH) {
      writer.format("delta").save(name);
    } else {
      writer.format("delta").saveAsTable(name);
    }
  }

  /** The table as it stands in SQL. */
  public String sql() {
    return kind == Kind.PATH ? "delta.`" + name + "`" : name;
  }

  /**
   * Refuses a table whose columns are not those that will be appended, and a folder that holds
   * something else.
   */
  public void requireTakes(StructType schema, SparkSession spark) {
    if (!exists(spark)) {
      requireEmpty(spark);
      return;
    }
    List<String> differences = new ArrayList<>();
    StructType there = read(spark).schema();
    for (StructField column : schema.fields()) {
      scala.Option<Object> index = there.getFieldIndex(column.name());
      if (index.isEmpty()) {
        differences.add(column.name() + " is new");
      } else if (!there
          .apply(column.name())
          .dataType()
          .catalogString()
          .equals(column.dataType().catalogString())) {
        differences.add(
            column.name()
                + " is "
                + there.apply(column.name()).dataType().catalogString()
                + " there and "
                + column.dataType().catalogString()
                + " here");
      }
    }
    if (!differences.isEmpty()) {
      throw new InvalidInputException(
          "The table %s has other columns than this run would write (%s); choose another --output.",
          name, String.join("; ", differences));
    }
  }

  private void requireEmpty(SparkSession spark) {
    if (kind == Kind.CATALOG) {
      return;
    }
    try {
      Path path = new Path(name);
      FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      if (files.exists(path)
          && (files.getFileStatus(path).isFile() || files.listStatus(path).length > 0)) {
        throw new InvalidInputException(
            "%s exists and is not a Delta table; choose another --output or remove it.", name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The table " + name + " could not be reached", e);
    }
  }
}
