package org.smartbert.bench.rivals;

import java.util.List;
import java.util.Locale;

/** The outcomes as a Markdown table. */
final class ResultTable {
  private ResultTable() {}

  /** A sentence about the conditions, the table, and a line for each rival that failed. */
  static String of(Conditions conditions, List<Outcome> outcomes) {
    StringBuilder text = new StringBuilder();
    Conditions.Machine machine = conditions.machine();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d test rows; timed on %,d rows, %s, one warm pass, then the median of %d alternating"
                + " rounds from Parquet to a noop sink; %s per core-hour.%n%n",
            conditions.testRows(),
            machine.timedRows(),
            machine.master(),
            machine.rounds(),
            conditions.pricePerCoreHour()));
    text.append(
        "| rival | accuracy, % (95 %) | rows/s (slowest to fastest round) | core-hours per million"
            + " rows | money per million rows | chosen |\n|---|---|---|---|---|---|\n");
    for (Outcome outcome : outcomes) {
      text.append(
          outcome instanceof Outcome.Measured measured
              ? line(conditions, measured)
              : failed((Outcome.Failed) outcome));
    }
    return text.toString();
  }

  private static String line(Conditions conditions, Outcome.Measured measured) {
    Cost cost = conditions.cost(measured);
    long rows = conditions.machine().timedRows();
    String missing =
        measured.notScored() == 0
            ? ""
            : String.format(Locale.ROOT, "; %,d test rows not scored", measured.notScored());
    return String.format(
        Locale.ROOT,
        "| %s | %.2f (%.2f to %.2f) | %.0f (%.0f to %.0f) | %.4f | %.4f | %s%s |%n",
        measured.rival(),
        100 * measured.accuracy().value(),
        100 * measured.accuracy().low(),
        100 * measured.accuracy().high(),
        cost.rowsPerSecond(),
        rows / measured.times().slowest(),
        rows / measured.times().fastest(),
        cost.coreHours(),
        cost.money(conditions.pricePerCoreHour()),
        measured.detail(),
        missing);
  }

  private static String failed(Outcome.Failed failed) {
    return String.format(
        Locale.ROOT,
        "| %s | failed | | | | %s |%n",
        failed.rival(),
        failed.error().replace("|", "\\|"));
  }
}
