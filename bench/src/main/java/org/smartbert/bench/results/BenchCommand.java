package org.smartbert.bench.results;

import org.apache.spark.sql.SparkSession;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine;

/** What measurements with options of their own have in common. */
public final class BenchCommand {
  private BenchCommand() {}

  /** Options are read as the commands of the product read theirs. */
  public static CommandLine line(Object command) {
    return new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /**
   * Runs a measurement and ends the process: with 2 and one sentence for wrong input.
   *
   * @param name for that sentence
   */
  public static void run(String name, Object command, String... arguments) {
    System.exit(
        line(command)
            .setExecutionExceptionHandler(
                (e, line, parsed) -> {
                  if (e instanceof InvalidInputException) {
                    line.getErr().println(name + ": " + e.getMessage());
                    return 2;
                  }
                  throw e;
                })
            .execute(arguments));
  }

  /** Local Spark with Delta, which the project's actions need, still to be begun. */
  public static SparkSession.Builder session(String name, int slots) {
    return SparkSession.builder()
        .master("local[" + slots + "]")
        .appName(name)
        .config("spark.ui.enabled", false)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
  }
}
