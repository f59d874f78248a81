package org.smartbert.bench.promises;

import java.util.List;
import java.util.Locale;

/** Lines as a Markdown table. */
final class PromisesTable {
  private PromisesTable() {}

  static String of(List<PromisesFile.Line> lines) {
    StringBuilder text = new StringBuilder();
    lines.stream()
        .findFirst()
        .ifPresent(
            line ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%,d samples of each size, drawn from %,d rows; at most %.1f %% may break"
                            + " their promise, and %.1f %% by chance.%n%n",
                        line.draws(),
                        line.population(),
                        100 * line.setting().delta(),
                        100 * line.proper().limit())));
    text.append(
        "| promise | epsilon, points | rows | certified, % | broken, % | cost | cheapest within"
            + " epsilon | saved of that, % | broken by the wrong test, % |\n"
            + "|---|---|---|---|---|---|---|---|---|\n");
    for (PromisesFile.Line line : lines) {
      Setting setting = line.setting();
      Simulation.Outcome proper = line.proper();
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %,d | %.1f | %.1f%s | %.3f | %.3f | %s | %.1f |%n",
              setting.risk().id(),
              Math.round(1e4 * setting.epsilon()) / 100.0,
              setting.rows(),
              100 * proper.certified(),
              100 * proper.broken(),
              proper.isKept() ? "" : " TOO MANY",
              proper.cost(),
              proper.bestCost(),
              Double.isNaN(proper.saved())
                  ? "-"
                  : String.format(Locale.ROOT, "%.0f", 100 * proper.saved()),
              100 * line.wrong().broken()));
    }
    return text.toString();
  }
}
