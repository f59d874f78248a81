package org.smartbert.jobs.report;

import java.util.List;
import java.util.Locale;

/**
 * A part of the report: a chart, or none, and the table of its numbers.
 *
 * @param note what the reader should know to read it
 * @param chart null where the table says it all
 */
record Section(
    String id,
    String title,
    String note,
    Chart chart,
    List<String> columns,
    List<List<Cell>> rows) {
  /** A chart of one or more series. */
  record Chart(String kind, String x, String y, List<String> labels, List<Series> series) {}

  /** A named line or group of bars. */
  record Series(String name, List<?> points) {}

  /** A point; low and high are null without an interval. */
  record Point(double x, double y, Double low, Double high) {}

  /**
   * A cell of a table.
   *
   * @param shade from 0 to 1, or null for no colour
   */
  record Cell(String text, boolean number, Double shade) {
    static Cell text(String text) {
      return new Cell(text, false, null);
    }

    static Cell number(String text) {
      return new Cell(text, true, null);
    }

    /** A number, formatted as {@link String#format} does. */
    static Cell number(String format, double value) {
      return number(String.format(Locale.ROOT, format, value));
    }
  }
}
