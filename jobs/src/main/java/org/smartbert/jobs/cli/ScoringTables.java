package org.smartbert.jobs.cli;

import java.util.List;
import java.util.Locale;
import org.smartbert.jobs.actions.scoring.ScoringReport;
import org.smartbert.jobs.cli.console.TextTable;

/** A scoring run's exits and skips as text. */
final class ScoringTables {
  private static final int BAR = 30;

  private ScoringTables() {}

  static String exits(List<ScoringReport.ExitRow> rows) {
    TextTable table =
        new TextTable("exit layer", "rows", "share", "layers", "cost", "confidence", "");
    double largest = rows.stream().mapToLong(ScoringReport.ExitRow::rows).max().orElse(1);
    for (ScoringReport.ExitRow row : rows) {
      table.row(
          Integer.toString(row.exitLayer()),
          String.format(Locale.ROOT, "%,d", row.rows()),
          percent(row.share()),
          String.format(Locale.ROOT, "%.2f", row.layers()),
          String.format(Locale.ROOT, "%.3f", row.cost()),
          String.format(Locale.ROOT, "%.3f", row.confidence()),
          "#".repeat((int) Math.round(BAR * row.rows() / largest)));
    }
    return table.toString();
  }

  static String skips(List<ScoringReport.SkipRow> rows) {
    TextTable table = new TextTable("layer", "rows", "skipped", "");
    for (ScoringReport.SkipRow row : rows) {
      table.row(
          Integer.toString(row.layer()),
          String.format(Locale.ROOT, "%,d", row.rows()),
          percent(row.skipped()),
          "#".repeat((int) Math.round(BAR * row.skipped())));
    }
    return table.toString();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
