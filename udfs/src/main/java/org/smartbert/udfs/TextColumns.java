package org.smartbert.udfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.smartbert.model.InvalidInputException;

/**
 * Finds columns by the names that users give. The exact name comes first; a name in other case is
 * taken where it is the only one, unless {@code spark.sql.caseSensitive} is set; {@code a.b} is the
 * field b of the struct a where no column has that name.
 */
public final class TextColumns {
  /**
   * A column of readers: for a record that could not be read, why, and the raw record. The scorer
   * takes it for the row's error and does not pass it on.
   */
  public static final String MALFORMED = "__smartbert_malformed";

  /** The error of a call in SQL without a text. */
  static final String NULL = "The text is null.";

  /** The error of a text in SQL that Java would not take as it is. */
  static final String INVALID = "The text holds bytes that are not valid UTF-8.";

  private static final int MAX_SHOWN = 200;

  private TextColumns() {}

  /** The column of exactly that name, whatever characters it holds. */
  public static Column column(String name) {
    return functions.col(quoted(name));
  }

  /** A name as an identifier of SQL. */
  public static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** The index of a column. */
  public static int indexOf(StructType schema, String name, String option) {
    return match(schema, name, option).orElseThrow(() -> missing(schema, name, option));
  }

  /**
   * The name of the column that a name means or, for a field of a struct, the name of its column.
   *
   * @param option what to name in the message
   */
  public static String owner(StructType schema, String name, String option) {
    return find(schema, name, option).names().get(0);
  }

  /** A column or a field of a struct. */
  public static Column any(StructType schema, String name, String option) {
    return find(schema, name, option).column();
  }

  /** The type of a column or of a field of a struct. */
  public static DataType type(StructType schema, String name, String option) {
    return find(schema, name, option).type();
  }

  /** A string column or a string field of a struct. */
  public static Column text(StructType schema, String name, String option) {
    Found found = find(schema, name, option);
    if (!(found.type() instanceof StringType)) {
      throw new InvalidInputException(
          "The column %s has the type %s; %s takes a STRING column.",
          shown(name), shown(found.type().sql()), option);
    }
    return found.column();
  }

  /**
   * A place in a row.
   *
   * @param names of a column and the fields below it
   */
  private record Found(List<String> names, DataType type) {
    Column column() {
      Column column = TextColumns.column(names.get(0));
      for (String field : names.subList(1, names.size())) {
        column = column.getField(field);
      }
      return column;
    }
  }

  private static Found find(StructType schema, String name, String option) {
    return look(schema, name, option).orElseThrow(() -> missing(schema, name, option));
  }

  private static Optional<Found> look(StructType schema, String name, String option) {
    Optional<Integer> whole = match(schema, name, option);
    if (whole.isPresent()) {
      var field = schema.apply(whole.get());
      return Optional.of(new Found(List.of(field.name()), field.dataType()));
    }
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      Optional<Integer> owner = match(schema, name.substring(0, dot), option);
      if (owner.isPresent() && schema.apply(owner.get()).dataType() instanceof StructType below) {
        Optional<Found> rest = look(below, name.substring(dot + 1), option);
        if (rest.isPresent()) {
          List<String> names = new ArrayList<>(List.of(schema.apply(owner.get()).name()));
          names.addAll(rest.get().names());
          return Optional.of(new Found(names, rest.get().type()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Integer> match(StructType schema, String name, String option) {
    List<Integer> exact = new ArrayList<>();
    List<Integer> alike = new ArrayList<>();
    String[] names = schema.fieldNames();
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        exact.add(i);
      } else if (names[i].equalsIgnoreCase(name)) {
        alike.add(i);
      }
    }
    boolean cases = SQLConf.get().caseSensitiveAnalysis();
    List<Integer> candidates = exact.isEmpty() && !cases ? alike : exact;
    boolean clashes = !cases && !exact.isEmpty() && !alike.isEmpty();
    if (candidates.size() > 1 || clashes) {
      List<String> found = new ArrayList<>();
      exact.forEach(i -> found.add(names[i]));
      alike.forEach(i -> found.add(names[i]));
      throw new InvalidInputException(
          "The input has %d columns that %s %s can refer to (%s); rename one%s.",
          found.size(),
          option,
          shown(name),
          shown(String.join(", ", found)),
          exact.size() > 1 ? "" : ", or set spark.sql.caseSensitive=true and give the exact name");
    }
    return candidates.stream().findFirst();
  }

  private static InvalidInputException missing(StructType schema, String name, String option) {
    List<String> names = new ArrayList<>(List.of(schema.fieldNames()));
    names.remove(MALFORMED);
    return new InvalidInputException(
        "The input has no column %s; give %s one of: %s%s.",
        shown(name), option, shown(String.join(", ", names)), delimiterHint(names));
  }

  /** A single column whose name holds several is a file with another delimiter. */
  private static String delimiterHint(List<String> names) {
    String only = names.size() == 1 ? names.get(0) : "";
    for (String delimiter : List.of(";", "\t", "|", ",")) {
      if (only.contains(delimiter)) {
        return String.format(
            " (it looks like several columns: give --csv-delimiter %s)",
            delimiter.equals("\t") ? "tab" : "\"" + delimiter + "\"");
      }
    }
    return "";
  }

  /** Without line breaks, and not too long for a message. */
  private static String shown(String text) {
    String line = text.replaceAll("[\\r\\n]+", " ");
    return line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "..." : line;
  }
}
