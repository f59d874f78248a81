package org.smartbert.bench.exits;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.smartbert.bench.results.AppendedCsv;

/** A CSV file that every comparison appends to, one line for a kind of rules and a budget. */
record ExitsFile(Path path, List<Double> budgets) {
  private static final List<String> HEADER =
      List.of(
          "measured_at",
          "model",
          "input",
          "rows",
          "divisions",
          "seed",
          "rules",
          "budget",
          "accuracy",
          "cost");

  /**
   * How a kind of rules fared.
   *
   * @param means by budget
   */
  record Line(String rules, List<Optional<CrossFit.Mean>> means) {}

  void requireAppendable() {
    csv().requireAppendable();
  }

  void append(Instant at, String model, String input, CrossFit fit, List<Line> lines) {
    List<List<Object>> records = new ArrayList<>();
    for (Line line : lines) {
      for (int b = 0; b < budgets.size(); b++) {
        Optional<CrossFit.Mean> mean = line.means().get(b);
        List<Object> values = new ArrayList<>(List.of(at, model, input, fit.rows().size()));
        values.addAll(List.of(fit.divisions(), fit.seed(), line.rules(), budgets.get(b)));
        values.add(mean.<Object>map(CrossFit.Mean::accuracy).orElse(""));
        values.add(mean.<Object>map(CrossFit.Mean::cost).orElse(""));
        records.add(values);
      }
    }
    csv().append(records);
  }

  private AppendedCsv csv() {
    return new AppendedCsv(path, HEADER);
  }
}
