package org.smartbert.jobs.cli.sql;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.QuoteMode;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows of texts as CSV, from which every value can be read back. */
final class CsvRows {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

  /** Fields that need quotes have them. */
  private static final CSVFormat MINIMAL = FORMAT.builder().setQuoteMode(QuoteMode.MINIMAL).get();

  /** Whatever is not NULL is quoted, so that an empty text is distinguished from NULL. */
  private static final CSVFormat QUOTED =
      FORMAT.builder().setQuoteMode(QuoteMode.ALL_NON_NULL).get();

  private CsvRows() {}

  /** What is written of a cell. */
  interface Cells {
    Cells AS_THEY_ARE = (text, column) -> text;

    String written(String text, int column);

    /** As OWASP advises: an apostrophe before what a spreadsheet takes for a formula's begin. */
    static String withoutFormula(String text) {
      return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
  }

  /**
   * Prints a header and all rows.
   *
   * @param rows of STRING columns
   * @return how many rows were printed
   */
  static long print(String[] header, Dataset<Row> rows, Cells cells, PrintWriter out) {
    try {
      CSVPrinter minimal = new CSVPrinter(out, MINIMAL);
      CSVPrinter quoted = new CSVPrinter(out, QUOTED);
      minimal.printRecord((Object[]) header);
      long count = 0;
      for (Iterator<Row> all = rows.toLocalIterator(); all.hasNext(); count++) {
        Row row = all.next();
        Object[] record = new Object[row.size()];
        for (int c = 0; c < record.length; c++) {
          record[c] = row.isNullAt(c) ? null : cells.written(row.getString(c), c);
        }
        (Arrays.asList(record).contains("") ? quoted : minimal).printRecord(record);
      }
      out.flush();
      return count;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
