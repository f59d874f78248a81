package org.smartbert.bench.rivals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.smartbert.bench.results.AppendedCsv;

/** A CSV file that every comparison appends its outcomes to, one line a rival. */
record ResultsFile(Path path) {
  private static final List<String> HEADER =
      List.of(
          "measured_at",
          "train",
          "test",
          "rival",
          "chosen",
          "accuracy",
          "accuracy_low",
          "accuracy_high",
          "test_rows",
          "not_scored",
          "master",
          "cores",
          "timed_rows",
          "rounds",
          "median_seconds",
          "fastest_seconds",
          "slowest_seconds",
          "rows_per_second",
          "core_hours_per_million",
          "price_per_core_hour",
          "money_per_million",
          "error");

  private static final int BEFORE_RIVAL = HEADER.indexOf("rival");

  /**
   * Refuses a file that cannot be appended to, before hours of work.
   *
   * @throws org.smartbert.model.InvalidInputException for a folder that does not exist, or a file
   *     with other columns
   */
  void requireAppendable() {
    csv().requireAppendable();
  }

  /** Appends the outcomes, all or none. */
  void append(Conditions conditions, List<Outcome> outcomes) {
    csv().append(outcomes.stream().map(outcome -> values(conditions, outcome)).toList());
  }

  private AppendedCsv csv() {
    return new AppendedCsv(path, HEADER);
  }

  private static List<Object> values(Conditions conditions, Outcome outcome) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                conditions.measuredAt(),
                conditions.files().train(),
                conditions.files().test(),
                outcome.rival()));
    if (outcome instanceof Outcome.Failed failed) {
      values.addAll(Collections.nCopies(HEADER.size() - BEFORE_RIVAL - 2, ""));
      values.add(failed.error());
      return values;
    }
    Outcome.Measured measured = (Outcome.Measured) outcome;
    Conditions.Machine machine = conditions.machine();
    Cost cost = conditions.cost(measured);
    values.addAll(
        List.of(
            measured.detail(),
            measured.accuracy().value(),
            measured.accuracy().low(),
            measured.accuracy().high(),
            conditions.testRows(),
            measured.notScored(),
            machine.master(),
            machine.cores(),
            machine.timedRows(),
            machine.rounds()));
    values.addAll(
        List.of(
            measured.times().median(),
            measured.times().fastest(),
            measured.times().slowest(),
            cost.rowsPerSecond(),
            cost.coreHours(),
            conditions.pricePerCoreHour(),
            cost.money(conditions.pricePerCoreHour()),
            ""));
    return values;
  }
}
