package org.smartbert.bench.promises;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.smartbert.bench.results.AppendedCsv;

/** A CSV file that every simulation appends its lines to. */
record PromisesFile(Path path) {
  private static final List<String> HEADER =
      List.of(
          "measured_at",
          "model",
          "input",
          "input_rows",
          "risk",
          "epsilon",
          "delta",
          "rows",
          "draws",
          "certified",
          "broken",
          "broken_limit",
          "cost",
          "best_cost",
          "saved_of_best",
          "wrong_test_broken");

  /**
   * A setting and what came of it.
   *
   * @param population rows that samples were drawn from
   * @param proper by the test that {@code calibrate} has
   * @param wrong by the test with the mistake
   */
  record Line(
      int population,
      int draws,
      Setting setting,
      Simulation.Outcome proper,
      Simulation.Outcome wrong) {}

  void requireAppendable() {
    csv().requireAppendable();
  }

  void append(Instant at, String model, String input, List<Line> lines) {
    csv().append(lines.stream().map(line -> values(at, model, input, line)).toList());
  }

  private AppendedCsv csv() {
    return new AppendedCsv(path, HEADER);
  }

  private static List<Object> values(Instant at, String model, String input, Line line) {
    Setting setting = line.setting();
    Simulation.Outcome proper = line.proper();
    List<Object> values = new ArrayList<>(List.of(at, model, input, line.population()));
    values.addAll(
        List.of(
            setting.risk().id(), setting.epsilon(), setting.delta(), setting.rows(), line.draws()));
    values.addAll(
        List.of(
            proper.certified(),
            proper.broken(),
            proper.limit(),
            proper.cost(),
            proper.bestCost(),
            proper.saved(),
            line.wrong().broken()));
    return values;
  }
}
