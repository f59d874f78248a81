package org.smartbert.jobs.cli.sql;

import static org.apache.spark.sql.functions.col;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;

/** How a query's rows are printed. */
public enum ResultFormat {
  /** Aligned columns, for reading; so many rows at most. */
  TABLE {
    @Override
    long print(Dataset<Row> rows, int most, PrintWriter out) {
      StructField[] fields = rows.schema().fields();
      List<String[]> cells = new ArrayList<>();
      cells.add(Arrays.stream(fields).map(StructField::name).toArray(String[]::new));
      List<Row> shown = asText(rows).limit(most + 1).collectAsList();
      for (Row row : shown.subList(0, Math.min(most, shown.size()))) {
        cells.add(cells(row));
      }
      int[] widths = new int[fields.length];
      for (String[] line : cells) {
        for (int c = 0; c < widths.length; c++) {
          widths[c] = Math.max(widths[c], line[c].length());
        }
      }
      for (int line = 0; line < cells.size(); line++) {
        out.println(aligned(cells.get(line), fields, widths));
        if (line == 0) {
          out.println(rule(widths));
        }
      }
      if (shown.size() > most) {
        out.printf("... and more; --rows shows more of them, --format csv or json all.%n");
      }
      return Math.min(most, shown.size());
    }
  },
  /**
   * A header and a record for each row (RFC 4180). NULL is an empty field; an empty text is quoted.
   */
  CSV {
    @Override
    long print(Dataset<Row> rows, int most, PrintWriter out) {
      return CsvRows.print(rows.columns(), asText(rows), CsvRows.Cells.AS_THEY_ARE, out);
    }
  },
  /** The same, with an apostrophe before texts that a spreadsheet would run as a formula. */
  CSV_SAFE {
    @Override
    long print(Dataset<Row> rows, int most, PrintWriter out) {
      boolean[] numbers = new boolean[rows.schema().length()];
      for (int c = 0; c < numbers.length; c++) {
        numbers[c] = rows.schema().fields()[c].dataType() instanceof NumericType;
      }
      return CsvRows.print(
          rows.columns(),
          asText(rows),
          (text, column) -> numbers[column] ? text : CsvRows.Cells.withoutFormula(text),
          out);
    }
  },
  /** A JSON object a line; columns that are null are left out. */
  JSON {
    @Override
    long print(Dataset<Row> rows, int most, PrintWriter out) {
      long count = 0;
      for (Iterator<String> all = rows.toJSON().toLocalIterator(); all.hasNext(); count++) {
        out.println(all.next());
      }
      return count;
    }
  };

  /**
   * Prints rows.
   *
   * @param most rows of a table
   * @return how many were printed
   */
  abstract long print(Dataset<Row> rows, int most, PrintWriter out);

  /** All columns as Spark's casts write them. */
  private static Dataset<Row> asText(Dataset<Row> rows) {
    // By position: a query may have two columns of one name.
    String[] names = new String[rows.columns().length];
    Arrays.setAll(names, i -> "c" + i);
    return rows.toDF(names)
        .select(Arrays.stream(names).map(name -> col(name).cast("string")).toArray(Column[]::new));
  }

  private static String[] cells(Row row) {
    String[] cells = new String[row.size()];
    Arrays.setAll(cells, i -> row.isNullAt(i) ? "NULL" : oneLine(row.getString(i)));
    return cells;
  }

  private static String oneLine(String text) {
    return text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
  }

  private static String aligned(String[] cells, StructField[] fields, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < cells.length; c++) {
      String space = " ".repeat(widths[c] - cells[c].length());
      boolean right = fields[c].dataType() instanceof NumericType;
      line.append(c == 0 ? " " : " | ").append(right ? space + cells[c] : cells[c] + space);
    }
    return line.toString().stripTrailing();
  }

  private static String rule(int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      line.append(c == 0 ? "" : "+").append("-".repeat(widths[c] + 2));
    }
    return line.toString();
  }
}
