package org.smartbert.bench.paper;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Metric against cost on one task: the best that each method reaches within shares of FLOPs. */
record BudgetTable(Curves curves, PrintWriter out) {
  private static final List<Integer> BUDGETS = List.of(15, 25, 35, 50, 75, 100);

  void print(String backbone, String task) {
    MarkdownTable table = new MarkdownTable(out);
    List<String> header = new ArrayList<>(List.of(Tables.title(task), "learning rate", "seeds"));
    BUDGETS.forEach(budget -> header.add(budget + " %"));
    table.header(header);
    for (Series series : curves.series(backbone)) {
      curves.find(series, task).ifPresent(curve -> table.row(row(series, curve)));
    }
  }

  private static List<String> row(Series series, Curve curve) {
    List<String> cells =
        new ArrayList<>(
            List.of(
                series.title(),
                Rates.text(curve.learningRate()),
                Integer.toString(curve.seeds().size())));
    for (int budget : BUDGETS) {
      Optional<Mean> best = curve.within(budget, ResultLine.Compute::cost);
      cells.add(best.map(Mean::text).orElse("-"));
    }
    return cells;
  }
}
