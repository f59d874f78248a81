package org.smartbert.jobs.cli.options;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.SparkConf;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has. */
public final class GlobalOptions {
  /** The name of this mixin. */
  public static final String MIXIN = "global";

  private static final String CATALOG = "spark.sql.catalogImplementation";
  private static final String IN_MEMORY = "in-memory";

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean debug;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "HOCON file with settings.")
  @SuppressWarnings("UnusedVariable") // Read by Main, before picocli parses.
  private String config;

  @Option(
      names = "--warehouse",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "Folder of a catalog for tables and views by name, shared by concurrent commands"
              + " (default: none; for sql smartbert-warehouse).")
  private Path warehouse;

  /** The options of a command line that a command belongs to. */
  public static GlobalOptions of(CommandSpec command) {
    return (GlobalOptions) command.root().mixins().get(MIXIN).userObject();
  }

  public boolean debug() {
    return debug;
  }

  /**
   * The folder of the catalog that a command uses.
   *
   * @param own what it is where the user named none and Spark has no catalog that lasts; null: none
   */
  public Optional<Path> warehouse(Path own) {
    boolean lasting = !new SparkConf().get(CATALOG, IN_MEMORY).equals(IN_MEMORY);
    return Optional.ofNullable(warehouse == null && !lasting ? own : warehouse);
  }
}
