package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.smartbert.jobs.actions.demo.GeneratedDemo;
import org.smartbert.jobs.actions.demo.GeneratedDemoRequest;
import org.smartbert.jobs.cli.console.TextTable;

/** Runs the demo of generated sentences and prints each step. */
final class GeneratedDemoOutput {
  private GeneratedDemoOutput() {}

  static void run(GeneratedDemo demo, GeneratedDemoRequest request, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "1/3  Generating %,d reviews in %s%n",
        request.trainRows() + request.testRows(),
        request.folder());
    out.flush();
    demo.makeSample();
    out.println("2/3  Training a 6-layer SmartBERT from random weights");
    out.flush();
    TrainCommand.print(out, demo.train());
    out.println();
    out.printf(Locale.ROOT, "3/3  Scoring %,d held-out reviews%n", request.testRows());
    out.flush();
    ScoreCommand.print(out, demo.score());
    out.println();
    out.print(byDifficulty(demo));
    out.println();
    out.println("Next:");
    out.println("  bin/smartbert show --tables-root " + demo.tablesRoot());
    String predictions = " --predictions " + demo.predictions();
    out.println("  bin/smartbert sql --model " + demo.model() + predictions);
    out.println("  bin/smartbert report" + predictions);
    out.flush();
  }

  private static TextTable byDifficulty(GeneratedDemo demo) {
    TextTable text = new TextTable("difficulty", "rows", "accuracy", "layers", "cost");
    for (GeneratedDemo.DifficultyRow row : demo.byDifficulty()) {
      text.row(
          row.difficulty(),
          Long.toString(row.rows()),
          String.format(Locale.ROOT, "%.3f", row.accuracy()),
          String.format(Locale.ROOT, "%.2f", row.layers()),
          String.format(Locale.ROOT, "%.3f", row.cost()));
    }
    return text;
  }
}
