package org.smartbert.jobs.history;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.io.Identifiers;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.InvalidInputException;

/**
 * The views of views.sql over one predictions table.
 *
 * @param predictions the table
 * @param schema where the views go, or null for the current one
 * @param labelColumn the true label, or null: then there is no view of accuracy
 * @param prefix of the prediction columns
 * @param life of the views
 */
public record AnalysisViews(
    TableLocation predictions, String schema, String labelColumn, String prefix, Life life) {
  /** How long the views last. */
  public enum Life {
    CATALOG,
    SESSION
  }

  private static final String RESOURCE = "views.sql";
  private static final Pattern COMMENT = Pattern.compile("COMMENT '((?:[^']|'')*)'");

  /** A column of the predictions. */
  private static final Pattern PREDICTION = Pattern.compile("\\$\\{p}(\\w+)");

  private static final Pattern NAME = Pattern.compile("VIEW \\$\\{views}(\\w+)");

  /** One view. */
  public record View(String name, String comment, String sql) {}

  /** The views as SQL, in the file's order. */
  public List<View> views() {
    String dot = schema == null ? "" : schema + ".";
    List<View> views = new ArrayList<>();
    for (String statement : statements()) {
      if (labelColumn == null && statement.contains("${label}")) {
        continue;
      }
      Matcher name = NAME.matcher(statement);
      if (!name.find()) {
        throw new IllegalStateException("No view is created by: " + statement);
      }
      String sql =
          PREDICTION
              .matcher(statement)
              .replaceAll(column -> literally(Identifiers.quoted(prefix + column.group(1))))
              .replace("${views}", dot)
              .replace("${label}", labelColumn == null ? "" : Identifiers.quoted(labelColumn))
              .replace("${predictions}", predictions.sql());
      views.add(
          new View(
              dot + name.group(1),
              comment(statement),
              life == Life.SESSION ? sql.replace("REPLACE VIEW", "REPLACE TEMPORARY VIEW") : sql));
    }
    return views;
  }

  private static String literally(String text) {
    return Matcher.quoteReplacement(text);
  }

  private static String comment(String statement) {
    Matcher comment = COMMENT.matcher(statement);
    if (!comment.find()) {
      throw new IllegalStateException("There is no comment in: " + statement);
    }
    return comment.group(1).replace("''", "'");
  }

  /**
   * Makes the views.
   *
   * @throws InvalidInputException if the table is missing or holds no predictions
   */
  public List<View> create(SparkSession spark) {
    if (life == Life.CATALOG && !TableLocation.hasMetastore(spark)) {
      throw new InvalidInputException(
          "Spark has no catalog here, and the views would be lost with this command; give"
              + " --warehouse DIR, or --print.");
    }
    if (!predictions.exists(spark)) {
      throw new InvalidInputException(
          "The predictions %s are not a Delta table; give the --output of a score run.",
          predictions.name());
    }
    StructType columns = predictions.read(spark).schema();
    for (String needed : List.of("run_id", "skip_mask", "flops_full")) {
      if (columns.getFieldIndex(prefix + needed).isEmpty()) {
        throw new InvalidInputException(
            "The table %s has no column %s%s; give the --output of a score run, and its --prefix.",
            predictions.name(), prefix, needed);
      }
    }
    if (labelColumn != null && columns.getFieldIndex(labelColumn).isEmpty()) {
      throw new InvalidInputException(
          "The predictions have no column %s; give --label-column one of: %s.",
          labelColumn, String.join(", ", columns.fieldNames()));
    }
    List<View> views = views();
    views.forEach(view -> spark.sql(view.sql()));
    return views;
  }

  private static List<String> statements() {
    try (InputStream in = AnalysisViews.class.getResourceAsStream(RESOURCE)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String code = text.replaceAll("(?m)^--.*$", "");
      return Arrays.stream(code.split(";", -1))
          .map(String::strip)
          .filter(s -> !s.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE + " is missing from the jar", e);
    }
  }
}
