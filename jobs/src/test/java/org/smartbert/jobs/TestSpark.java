package org.smartbert.jobs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.cli.Main;

/** Real Spark with real Delta, and commands run as a user runs them. */
public final class TestSpark {
  private TestSpark() {}

  public static SparkSession local() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("tests")
        .config("spark.ui.enabled", false)
        .config(
            "spark.sql.extensions",
            "io.delta.sql.DeltaSparkSessionExtension,org.smartbert.udfs.SmartBertExtensions")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.databricks.delta.snapshotPartitions", 2)
        .getOrCreate();
  }

  /** What a command printed and its exit code. */
  public record Outcome(int code, String out, String err) {}

  /** On local Spark. */
  public static Outcome run(String... arguments) {
    local();
    return runOn(arguments);
  }

  /** On the session that there is. */
  public static Outcome runOn(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    try {
      int code = Main.run(arguments);
      return new Outcome(
          code,
          printed.toString(StandardCharsets.UTF_8),
          complained.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  public static void writeDelta(String path, String ddl, List<Row> rows) {
    local()
        .createDataFrame(rows, StructType.fromDDL(ddl))
        .repartition(3)
        .write()
        .format("delta")
        .save(path);
  }

  /**
   * Copies a folder, such as a Delta table that many tests begin with: its log has relative paths,
   * and writing it takes a second.
   */
  public static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
