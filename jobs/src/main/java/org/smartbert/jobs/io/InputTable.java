package org.smartbert.jobs.io;

import io.delta.tables.DeltaTable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.FileIndexOptions;
import org.smartbert.jobs.io.text.Malformed;
import org.smartbert.model.InvalidInputException;

/**
 * Rows from files, Delta tables, and what the catalog has.
 *
 * @param location a path or a table's name
 * @param format how it is read
 * @param options for the reader, over our defaults; one that has no effect is refused
 * @param malformed what becomes of records of text files that cannot be read exactly; empty for the
 *     action's default
 */
public record InputTable(
    String location, Format format, Map<String, String> options, Optional<Malformed> malformed) {
  /** How a location is read. */
  public enum Format {
    AUTO,
    PARQUET,
    CSV,
    TSV,
    JSON,
    DELTA,
    TABLE
  }

  /** {@link PlanState.DeltaState#text}, or the version alone as earlier runs noted it. */
  private static final Pattern DELTA_STATE = Pattern.compile("(\\d{1,18})(@.*)?");

  private static final String VERSION = "versionAsOf";

  /** Options in the order of their names, so that it does not make two inputs different. */
  public InputTable {
    options = Collections.unmodifiableMap(new TreeMap<>(options));
  }

  /** An input with the action's default for malformed records. */
  public InputTable(String location, Format format, Map<String, String> options) {
    this(location, format, options, Optional.empty());
  }

  /** A path or a table's name, its format found out from the name or the files of the folder. */
  public static InputTable at(String location) {
    return new InputTable(location, Format.AUTO, Map.of());
  }

  /** Another table, read with the same options. */
  public InputTable withLocation(String other) {
    return new InputTable(other, format, options, malformed);
  }

  /** The same for an action that can write malformed records with their error. */
  public InputTable keepingMalformed() {
    return new InputTable(
        location, format, options, malformed.or(() -> Optional.of(Malformed.KEEP)));
  }

  /**
   * An input that stays the same while a run reads it.
   *
   * @param version of a Delta table, and which table it is; else a digest of what is read and how
   * @param notes for people: how files were read, and what was left out
   */
  public record Pinned(Dataset<Row> rows, String version, List<String> notes) {}

  /**
   * What the location names.
   *
   * @param name of the table, or the absolute path
   * @param path as the reader of the format takes it
   */
  private record Place(Format format, String name, String path) {}

  /**
   * The same input with its format detected and its path absolute, so that it is one input however
   * it is given.
   *
   * @throws InvalidInputException if there is no such input
   */
  public InputTable resolved(SparkSession spark) {
    Place place = place(spark);
    String name = place.name().replaceFirst("^file:/+", "/");
    return new InputTable(name, place.format(), options, malformed);
  }

  /** Opens the input as it is now. */
  public Pinned open(SparkSession spark) {
    return opened(spark, Optional.empty());
  }

  /** Opens a Delta input as it was; any other input as it is. */
  public Pinned openAt(SparkSession spark, String version) {
    Matcher delta = DELTA_STATE.matcher(version);
    return opened(spark, delta.matches() ? Optional.of(delta.group(1)) : Optional.empty());
  }

  private Pinned opened(SparkSession spark, Optional<String> wanted) {
    Place place = place(spark);
    try {
      return switch (place.format()) {
        case DELTA -> delta(spark, place.path(), wanted);
        case TABLE -> table(spark, wanted);
        case PARQUET, JSON, CSV, TSV ->
            new InputFiles(this, spark).open(place.format(), place.path());
        case AUTO -> throw new IllegalStateException("The format was not detected.");
      };
    } catch (Exception e) {
      // Spark's exceptions are checked ones that it does not declare.
      throw UnreadableInput.of(e)
          .map(RuntimeException.class::cast)
          .orElseGet(
              () ->
                  e instanceof RuntimeException unchecked
                      ? unchecked
                      : new IllegalStateException(
                          "The input " + location + " could not be opened", e));
    }
  }

  private Place place(SparkSession spark) {
    if (format == Format.TABLE) {
      return new Place(format, location, location);
    }
    Optional<InputPath> found = InputPath.find(location, spark.sessionState().newHadoopConf());
    if (found.isEmpty() && format == Format.AUTO && TableLocation.inCatalog(location, spark)) {
      return new Place(Format.TABLE, location, location);
    }
    InputPath path =
        found.orElseThrow(
            () ->
                new InvalidInputException(
                    "The input %s is neither an existing path nor a catalog table.", location));
    Format actual = format == Format.AUTO ? formatOf(spark, path.plain()) : format;
    if (actual == Format.TABLE) {
      return new Place(actual, location, location);
    }
    if (actual == Format.DELTA) {
      return new Place(actual, path.plain(), path.plain());
    }
    boolean recursive =
        options.keySet().stream()
            .anyMatch(FileIndexOptions.RECURSIVE_FILE_LOOKUP()::equalsIgnoreCase);
    if (!recursive) {
      path.requireReadWhole(spark.sessionState().newHadoopConf());
    }
    return new Place(actual, path.plain(), path.spark());
  }

  private Format formatOf(SparkSession spark, String path) {
    if (DeltaTable.isDeltaTable(spark, path)) {
      return Format.DELTA;
    }
    Optional<Format> named = FileFormats.ofName(location);
    if (named.isPresent()) {
      return named.get();
    }
    if (TableLocation.inCatalog(location, spark)) {
      return Format.TABLE;
    }
    return FileFormats.ofFolder(path, spark.sessionState().newHadoopConf())
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "The format of %s cannot be detected from its name or the names of its files;"
                        + " give --format parquet, csv, tsv, json or delta.",
                    location));
  }

  private Pinned delta(SparkSession spark, String path, Optional<String> wanted) {
    Dataset<Row> newest = spark.read().format("delta").load(path);
    String version = version(newest, wanted);
    return pinned(spark.read().format("delta").option(VERSION, version).load(path));
  }

  private Pinned table(SparkSession spark, Optional<String> wanted) {
    Dataset<Row> rows = spark.table(location);
    if (PlanState.ofDelta(rows).isPresent()) {
      String version = version(rows, wanted);
      return pinned(spark.read().option(VERSION, version).table(location));
    }
    if (!options.isEmpty()) {
      throw unused(options.keySet().iterator().next(), "a table of the catalog");
    }
    return new Pinned(rows, Digests.of(PlanState.of(spark, rows)), List.of());
  }

  private static Pinned pinned(Dataset<Row> rows) {
    return new Pinned(rows, PlanState.ofDelta(rows).orElseThrow().text(), List.of());
  }

  /** The version that the options name, that is wanted, or the newest. */
  private String version(Dataset<Row> newest, Optional<String> wanted) {
    Map<String, String> rest = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    rest.putAll(options);
    String given = rest.remove(VERSION);
    if (!rest.isEmpty()) {
      throw unused(rest.keySet().iterator().next(), "a Delta table, beside " + VERSION);
    }
    if (given != null && !given.matches("\\d{1,18}")) {
      throw new InvalidInputException(
          "The option %s is %s; it must be a version number.", VERSION, given);
    }
    return Optional.ofNullable(given)
        .or(() -> wanted)
        .orElseGet(() -> Long.toString(PlanState.ofDelta(newest).orElseThrow().version()));
  }

  InvalidInputException unused(String option, String where) {
    return new InvalidInputException(
        "The option %s of the input %s has no effect on %s; omit it.", option, location, where);
  }
}
