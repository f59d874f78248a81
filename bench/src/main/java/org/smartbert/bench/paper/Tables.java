package org.smartbert.bench.paper;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.smartbert.model.training.Metric;

/** All tables of a results file, in Markdown. */
final class Tables {
  private final Results results;
  private final Curves curves;
  private final PrintWriter out;

  Tables(Results results, PrintWriter out) {
    this.results = results;
    this.curves = Curves.of(results);
    this.out = out;
  }

  /** A task and its metric, for example {@code MRPC, F1}. */
  static String title(String task) {
    return Task.find(task).map(known -> known.name() + ", " + metric(known.metric())).orElse(task);
  }

  private static String metric(Metric metric) {
    return metric == Metric.ACCURACY ? "accuracy" : metric.name();
  }

  void print() {
    if (curves.backbones().isEmpty()) {
      out.println("There are no results yet.");
    }
    curves.backbones().forEach(this::print);
  }

  private void print(String backbone) {
    out.printf("## %s%n%n", backbone);
    rowsAndSettings(backbone);
    out.printf(
        "### Table 1%n%nOurs / the paper's, in percent; the paper's backbone is bert-base-uncased."
            + " Cost as the paper counts it (128 tokens, linear layers only).%n%n");
    new TableOne(curves, out).print(backbone);
    out.printf(
        "%n### Metric against cost%n%nThe best of all thresholds within a share of full-depth"
            + " BERT's FLOPs, counted for each row's own tokens. Held-out rows choose the"
            + " threshold. Means over seeds, in brackets the 95 %% interval of the bootstrap over"
            + " held-out rows, sd the deviation over seeds.%n");
    for (String task : curves.tasks(backbone)) {
      out.println();
      new BudgetTable(curves, out).print(backbone, task);
    }
    out.printf(
        "%n### What SmartBERT loses%n%nCost as the paper counts it, thresholds as above. Intervals"
            + " are those of metrics on different rows; these share theirs, and as far as they are"
            + " right on the same ones, the true interval is narrower.%n%n");
    new LossTable(curves, out).print(backbone);
    out.println();
  }

  private void rowsAndSettings(String backbone) {
    for (String task : curves.tasks(backbone)) {
      List<ResultLine> lines =
          results.cells().stream()
              .filter(cell -> cell.backbone().equals(backbone) && cell.task().equals(task))
              .map(cell -> results.curve(cell).get(0))
              .toList();
      ResultLine first = lines.get(0);
      List<String> settings =
          lines.stream().map(line -> line.training().settings()).distinct().toList();
      out.printf(
          Locale.ROOT,
          "- %s: %,d %s rows, %,d training rows; %s%n",
          title(task),
          first.rows(),
          first.split(),
          first.training().rows(),
          String.join(" / ", settings));
    }
    out.println();
  }
}
