package org.smartbert.bench.exits;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lines as a Markdown table. */
final class ExitsTable {
  private ExitsTable() {}

  static String of(CrossFit fit, List<Double> budgets, List<ExitsFile.Line> lines) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Accuracy in %% within a budget (mean cost on the rows that judge), %,d rows, %d"
                + " divisions.%n%n",
            fit.rows().size(),
            fit.divisions()));
    text.append("| rules |");
    budgets.forEach(budget -> text.append(' ').append(budget).append(" |"));
    text.append("\n|---|").append("---|".repeat(budgets.size())).append('\n');
    for (ExitsFile.Line line : lines) {
      text.append("| ").append(line.rules()).append(" | ");
      text.append(
          line.means().stream()
              .map(
                  mean ->
                      mean.map(
                              m ->
                                  String.format(
                                      Locale.ROOT, "%.2f (%.3f)", 100 * m.accuracy(), m.cost()))
                          .orElse("-"))
              .collect(Collectors.joining(" | ")));
      text.append(" |\n");
    }
    return text.toString();
  }
}
