package org.smartbert.bench.paper;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What SmartBERT loses against BERT at the costs that the paper names. */
record LossTable(Curves curves, PrintWriter out) {
  /** "2-3 times computation reduction with minimal accuracy drops" (abstract). */
  private static final List<Integer> OF_ABSTRACT = List.of(50, 33);

  void print(String backbone) {
    MarkdownTable table = new MarkdownTable(out);
    table.header(
        List.of("task", "method", "cost at most", "BERT - method", "the paper's BERT - SmartBERT"));
    for (String task : curves.tasks(backbone)) {
      for (Series series : curves.series(backbone)) {
        if (series.arm() == Arm.SMARTBERT || series.arm() == Arm.SMARTBERT_GATES_OFF) {
          rows(table, series, task);
        }
      }
    }
  }

  private void rows(MarkdownTable table, Series series, String task) {
    Optional<Curve> smart = curves.find(series, task);
    Optional<Mean> bert =
        curves.find(series.with(Arm.BERT), task).flatMap(c -> c.at(0)).map(Curve.Point::measure);
    if (smart.isEmpty() || bert.isEmpty()) {
      return;
    }
    budgets(task)
        .forEach(
            (budget, published) ->
                table.row(
                    List.of(
                        Tables.title(task),
                        series.title(),
                        budget + " %",
                        smart
                            .get()
                            .within(budget, ResultLine.Compute::paperCost)
                            .map(mean -> bert.get().less(mean).text())
                            .orElse("-"),
                        published)));
  }

  /** The costs, and the paper's loss at each; the highest cost first. */
  private static Map<Integer, String> budgets(String task) {
    Map<Integer, String> budgets = new TreeMap<>(Comparator.reverseOrder());
    OF_ABSTRACT.forEach(budget -> budgets.put(budget, "minimal (abstract)"));
    for (float threshold : Thresholds.OF_PAPER) {
      Optional<Published.Figure> bert = Published.find(Arm.BERT, 0, task);
      Optional<Published.Figure> smart = Published.find(Arm.SMARTBERT, threshold, task);
      if (bert.isPresent() && smart.isPresent()) {
        double loss = bert.get().value() - smart.get().value();
        String text = String.format(Locale.ROOT, "%.1f (S = %s)", loss, threshold);
        budgets.merge(smart.get().cost(), text, LossTable::joined);
      }
    }
    return budgets;
  }

  private static String joined(String before, String more) {
    return before.startsWith("minimal") ? more : before + ", " + more;
  }
}
