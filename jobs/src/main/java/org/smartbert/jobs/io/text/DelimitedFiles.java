package org.smartbert.jobs.io.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.smartbert.model.InvalidInputException;

/**
 * How the delimited files of an input are read, after a look at the beginning of each.
 *
 * @param columns by name, in the first file's order
 * @param orders for files with the columns in another order: the place of each column in the file
 */
record DelimitedFiles(Dialect dialect, List<String> columns, Map<String, int[]> orders) {
  /** Files that the driver looks at itself. */
  private static final int FEW_FILES = 8;

  /**
   * Finds out what the options do not say, and checks every file's header.
   *
   * @throws InvalidInputException if a file's columns are not those of the first
   */
  static DelimitedFiles of(
      SparkSession spark,
      List<String> paths,
      TextOptions options,
      Broadcast<SerializableConfiguration> hadoop) {
    Dialect dialect = options.dialect();
    if (!options.lineEndGiven() && endWithReturns(spark, paths, hadoop)) {
      dialect = dialect.withLineEnd(LineEnd.CR);
    }
    List<Dialect> candidates = new ArrayList<>(List.of(dialect));
    if (dialect.quote() != Dialect.NONE && !options.escapeGiven()) {
      candidates.add(dialect.withEscape('\\'));
    }
    List<FileHead> heads = heads(spark, paths, candidates, hadoop);
    int best = 0;
    for (int i = 1; i < candidates.size(); i++) {
      best = malformed(heads, i) < malformed(heads, best) ? i : best;
    }
    Dialect chosen = candidates.get(best);
    int reading = best;
    List<String> columns = List.of();
    Map<String, int[]> orders = new HashMap<>();
    for (FileHead head : heads) {
      List<String> names = names(head.path(), head.readings().get(reading), chosen);
      if (columns.isEmpty()) {
        requireDistinct(head.path(), names, spark);
        columns = names;
      } else if (!columns.equals(names)) {
        orders.put(head.path(), order(columns, names, head.path(), heads.get(0).path()));
      }
    }
    return new DelimitedFiles(chosen, columns, orders);
  }

  private static long malformed(List<FileHead> heads, int candidate) {
    return heads.stream()
        .map(head -> head.readings().get(candidate))
        .mapToLong(reading -> reading.malformed() + (reading.flaw() == null ? 0 : 1))
        .sum();
  }

  private static boolean endWithReturns(
      SparkSession spark, List<String> paths, Broadcast<SerializableConfiguration> hadoop) {
    if (paths.size() <= FEW_FILES) {
      return paths.stream().allMatch(path -> returns(path, hadoop.value().value()));
    }
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(paths, tasks(spark, paths))
        .map(path -> returns(path, hadoop.value().value()))
        .reduce((a, b) -> a && b);
  }

  private static boolean returns(String path, Configuration hadoop) {
    Optional<LineEnd> end = FileHead.lineEnd(path, hadoop);
    return end.isPresent();
  }

  private static List<FileHead> heads(
      SparkSession spark,
      List<String> paths,
      List<Dialect> candidates,
      Broadcast<SerializableConfiguration> hadoop) {
    if (paths.size() <= FEW_FILES) {
      return paths.stream()
          .map(path -> FileHead.read(path, candidates, hadoop.value().value()))
          .toList();
    }
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(paths, tasks(spark, paths))
        .map(path -> FileHead.read(path, candidates, hadoop.value().value()))
        .collect();
  }

  private static int tasks(SparkSession spark, List<String> paths) {
    return Math.min(paths.size(), 4 * spark.sparkContext().defaultParallelism());
  }

  private static List<String> names(String path, FileHead.Reading reading, Dialect dialect) {
    if (reading.flaw() != null) {
      throw new InvalidInputException(
          "The first record of %s is malformed (%s)%s.",
          path, reading.flaw().reason(), remedy(reading.flaw()));
    }
    if (reading.first() == null) {
      throw new InvalidInputException("The file %s has only empty lines; remove it.", path);
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < reading.first().size(); i++) {
      String name = dialect.header() ? reading.first().get(i) : null;
      names.add(name == null || name.isEmpty() ? "_c" + i : name);
    }
    return names;
  }

  static String remedy(Flaw flaw) {
    return flaw.hint().isEmpty() ? "" : "; " + flaw.hint();
  }

  private static void requireDistinct(String path, List<String> names, SparkSession spark) {
    boolean cases =
        ((org.apache.spark.sql.classic.SparkSession) spark)
            .sessionState()
            .conf()
            .caseSensitiveAnalysis();
    Map<String, String> seen =
        new TreeMap<>(cases ? Comparator.naturalOrder() : String.CASE_INSENSITIVE_ORDER);
    for (String name : names) {
      String before = seen.put(name, name);
      if (before != null) {
        throw new InvalidInputException(
            "The header of %s has the columns %s, which Spark cannot tell apart; rename one%s.",
            path,
            quoted(List.of(before, name)),
            before.equals(name) ? "" : " or set spark.sql.caseSensitive=true");
      }
    }
  }

  /** Where a file has each of the columns. */
  private static int[] order(
      List<String> columns, List<String> names, String path, String firstPath) {
    Set<String> missing = new LinkedHashSet<>(columns);
    names.forEach(missing::remove);
    Set<String> unexpected = new LinkedHashSet<>(names);
    columns.forEach(unexpected::remove);
    if (!missing.isEmpty() || !unexpected.isEmpty() || names.size() != columns.size()) {
      throw new InvalidInputException(
          "The files of the input have different columns: %s has %s, %s has %s; take one of them"
              + " out, for example by --option pathGlobFilter=\"*.csv\", or give them the same"
              + " header.",
          firstPath, quoted(columns), path, quoted(names));
    }
    return columns.stream().mapToInt(names::indexOf).toArray();
  }

  /** Names from a file, without line ends and not too long for a message. */
  static String quoted(List<String> names) {
    String text = String.join(", ", names).replaceAll("[\\r\\n]+", " ");
    return text.length() > 200 ? text.substring(0, 200) + "..." : text;
  }
}
