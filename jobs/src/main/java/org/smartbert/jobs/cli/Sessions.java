package org.smartbert.jobs.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.cli.options.GlobalOptions;
import org.smartbert.jobs.metastore.Metastore;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.ComputeDevice;
import picocli.CommandLine.Model.CommandSpec;

/** The Spark session of a command. */
final class Sessions {
  static final String EXTENSIONS = "spark.sql.extensions";
  static final String CATALOG = "spark.sql.catalog.spark_catalog";
  static final String TIME_ZONE = "spark.sql.session.timeZone";

  private static final String MASTER = "spark.master";

  private static final String DELTA_CATALOG = "org.apache.spark.sql.delta.catalog.DeltaCatalog";

  /** Catalogs of others that make Delta tables. */
  private static final Set<String> DELTA_CATALOGS =
      Set.of(DELTA_CATALOG, "io.unitycatalog.spark.UCSingleCatalog");

  private static final List<String> OURS =
      List.of("io.delta.sql.DeltaSparkSessionExtension", "org.smartbert.udfs.SmartBertExtensions");

  private Sessions() {}

  /** The session of this JVM, with Delta, the SQL functions and the requested catalog. */
  static SparkSession open(CommandSpec command) {
    return open(command, null);
  }

  /**
   * The same.
   *
   * @param ownWarehouse the folder of the catalog where the user named none; null: no catalog
   */
  static SparkSession open(CommandSpec command, Path ownWarehouse) {
    SparkConf conf = new SparkConf();
    SparkSession.Builder builder =
        SparkSession.builder()
            .appName("smartbert " + command.name())
            .config(EXTENSIONS, extensions(conf))
            .config(CATALOG, catalog(conf))
            .config(TIME_ZONE, conf.get(TIME_ZONE, "UTC"));
    Optional<Path> warehouse = GlobalOptions.of(command).warehouse(ownWarehouse);
    warehouse.ifPresent(folder -> Metastore.settings(folder).forEach(builder::config));
    if (SparkSession.getDefaultSession().isEmpty()) {
      // The first line of a command: Spark's start takes seconds, on a loaded machine many.
      command
          .commandLine()
          .getErr()
          .printf("smartbert %s: starting Spark on %s ...%n", command.name(), conf.get(MASTER, ""));
    }
    SparkSession spark = builder.getOrCreate();
    ComputeDevice.requireStartable(spark.sparkContext());
    return spark;
  }

  /** The user's extensions, and ours behind them. */
  static String extensions(SparkConf conf) {
    Set<String> all = new LinkedHashSet<>();
    Arrays.stream(conf.get(EXTENSIONS, "").split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .forEach(all::add);
    all.addAll(OURS);
    return String.join(",", all);
  }

  /** The user's session catalog where it makes Delta tables. */
  static String catalog(SparkConf conf) {
    String named = conf.get(CATALOG, DELTA_CATALOG);
    if (!DELTA_CATALOGS.contains(named)) {
      throw new InvalidInputException(
          "%s is %s, and Delta tables need %s there; give the other catalog a name of its own, as"
              + " in spark.sql.catalog.NAME=%s.",
          CATALOG, named, DELTA_CATALOG, named);
    }
    return named;
  }
}
