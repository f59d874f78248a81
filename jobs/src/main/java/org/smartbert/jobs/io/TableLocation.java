package org.smartbert.jobs.io;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.smartbert.model.InvalidInputException;

/**
 * A Delta table by path or by catalog name. What holds a slash or a colon, or starts with a dot, is
 * a path; so is every name where Spark has no metastore, because a table that only the session's
 * memory holds would be lost with it.
 */
public record TableLocation(String name, Kind kind) {
  /** How the table is addressed. */
  public enum Kind {
    PATH,
    CATALOG
  }

  /**
   * Parses a user's argument; paths become absolute.
   *
   * @throws InvalidInputException for what cannot be a path, and for a file system that is unknown
   */
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
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          e,
          "%s is not a path of a table (%s); a colon is allowed only after a file system's name, as"
              + " in hdfs://host/folder.",
          Names.quoted(text),
          e.getMessage());
    } catch (IOException e) {
      throw new InvalidInputException(
          e, "The table %s could not be reached: %s.", Names.quoted(text), e.getMessage());
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

  /**
   * Whether the table is there. A folder whose {@code _delta_log} holds no commit is no table, nor
   * is a folder inside of another table.
   */
  public boolean exists(SparkSession spark) {
    if (kind == Kind.CATALOG) {
      return spark.catalog().tableExists(name);
    }
    try {
      return log(spark).hasCommits();
    } catch (IOException e) {
      throw StorageFailure.unreachable(name, e);
    }
  }

  /** The folder of a path's log. */
  DeltaLogFolder log(SparkSession spark) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return new DeltaLogFolder(new Path(name), hadoop);
  }

  public Dataset<Row> read(SparkSession spark) {
    return kind == Kind.PATH ? spark.read().format("delta").load(name) : spark.table(name);
  }

  public DeltaTable delta(SparkSession spark) {
    return kind == Kind.PATH ? DeltaTable.forPath(spark, name) : DeltaTable.forName(spark, name);
  }

  /** The table's folder; empty for a table of the catalog that does not exist. */
  public Optional<String> folder(SparkSession spark) {
    if (kind == Kind.PATH) {
      return Optional.of(name);
    }
    return exists(spark)
        ? Optional.of(delta(spark).detail().select("location").first().getAs("location"))
        : Optional.empty();
  }

  /**
   * The newest state of the log: properties and transactions, which Delta's public API does not
   * tell.
   */
  public Snapshot snapshot(SparkSession spark) {
    return DeltaLog.forTableWithSnapshot(spark, new Path(folder(spark).orElseThrow()))._2();
  }

  /** Writes once; see {@link #append} for what other writers may be in the way of. */
  public void write(DataFrameWriter<Row> writer) {
    if (kind == Kind.PATH) {
      writer.format("delta").save(name);
    } else {
      writer.format("delta").saveAsTable(name);
    }
  }

  /**
   * Appends rows, with columns that the table does not have yet; conflicts with other writers are
   * retried.
   */
  public void append(Dataset<Row> rows) {
    DeltaCommits.retrying(
        name, () -> write(rows.write().mode("append").option("mergeSchema", true)));
  }

  /** The table as SQL names it. */
  public String sql() {
    return kind == Kind.PATH ? "delta." + Identifiers.quoted(name) : name;
  }
}
