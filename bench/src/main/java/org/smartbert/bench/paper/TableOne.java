package org.smartbert.bench.paper;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The paper's table 1: methods by tasks, metric and cost, ours beside the paper's. */
record TableOne(Curves curves, PrintWriter out) {
  private static final String NONE = "-";

  void print(String backbone) {
    List<String> tasks = curves.tasks(backbone);
    MarkdownTable table = new MarkdownTable(out);
    List<String> header = new ArrayList<>(List.of("method"));
    for (String task : tasks) {
      header.add(Tables.title(task));
      header.add("cost");
    }
    table.header(header);
    for (Series series : curves.series(backbone)) {
      for (float threshold : thresholds(series.arm())) {
        table.row(row(series, threshold, tasks));
      }
    }
  }

  private static List<Float> thresholds(Arm arm) {
    if (!arm.mechanism().exits()) {
      return List.of(0f);
    }
    return Thresholds.OF_PAPER.stream().filter(s -> s > 0 || arm.mechanism().skips()).toList();
  }

  private List<String> row(Series series, float threshold, List<String> tasks) {
    List<String> cells = new ArrayList<>(List.of(title(series, threshold)));
    for (String task : tasks) {
      Optional<Curve.Point> ours = curves.find(series, task).flatMap(curve -> curve.at(threshold));
      Optional<Published.Figure> paper = Published.find(series.arm(), threshold, task);
      cells.add(
          both(
              ours.map(point -> String.format(Locale.ROOT, "%.1f", point.measure().value())),
              paper.map(figure -> String.format(Locale.ROOT, "%.1f", figure.value()))));
      cells.add(both(ours.map(p -> cost(p.paperCost())), paper.map(f -> cost(f.cost()))));
    }
    return cells;
  }

  private static String title(Series series, float threshold) {
    if (!series.arm().mechanism().exits()) {
      return series.title();
    }
    return series.title() + (threshold > 0 ? ", S = " + threshold : ", skips only");
  }

  private static String both(Optional<String> ours, Optional<String> paper) {
    return ours.isEmpty() && paper.isEmpty()
        ? NONE
        : ours.orElse(NONE) + " / " + paper.orElse(NONE);
  }

  /** The cost and what it is in times less. */
  private static String cost(double percent) {
    return String.format(Locale.ROOT, "%.0f %% (%.1fx)", percent, 100 / percent);
  }
}
