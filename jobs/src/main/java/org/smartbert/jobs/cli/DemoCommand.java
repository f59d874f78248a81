package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.demo.Demo;
import org.smartbert.jobs.actions.demo.DemoRequest;
import org.smartbert.jobs.cli.console.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Generates a sample, trains a small model on it, and scores held-out rows. */
@Command(
    name = "demo",
    description =
        "Generates a labelled sample, trains a small SmartBERT model on it, scores held-out rows,"
            + " and prints accuracy, exits and FLOPs saved. Takes a few minutes.")
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--folder",
      defaultValue = "demo",
      paramLabel = "DIR",
      description =
          "Folder for sample, model and tables; its contents are replaced (default:"
              + " ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--train-rows",
      paramLabel = "ROWS",
      defaultValue = "6000",
      description = "Rows to train on (default: ${DEFAULT-VALUE}).")
  private int trainRows;

  @Option(
      names = "--test-rows",
      paramLabel = "ROWS",
      defaultValue = "2000",
      description = "Rows to score (default: ${DEFAULT-VALUE}).")
  private int testRows;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    DemoRequest request = new DemoRequest(folder, trainRows, testRows);
    Demo demo = Jobs.of(spec).demo(request);
    out.printf(
        Locale.ROOT, "1/3  Generating %,d reviews in %s%n", trainRows + testRows, request.folder());
    out.flush();
    demo.makeSample();
    out.println("2/3  Training a 6-layer SmartBERT from random weights");
    out.flush();
    TrainCommand.print(out, demo.train());
    out.println();
    out.printf(Locale.ROOT, "3/3  Scoring %,d held-out reviews%n", testRows);
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
    return 0;
  }

  private static TextTable byDifficulty(Demo demo) {
    TextTable text = new TextTable("difficulty", "rows", "accuracy", "layers", "cost");
    for (Demo.DifficultyRow row : demo.byDifficulty()) {
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
