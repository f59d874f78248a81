package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.smartbert.jobs.actions.conversion.ConvertResult;
import org.smartbert.jobs.actions.demo.DemoScores;
import org.smartbert.jobs.actions.demo.PretrainedDemo;
import org.smartbert.jobs.actions.demo.PretrainedDemoRequest;
import org.smartbert.jobs.actions.demo.ThresholdChoice;
import org.smartbert.jobs.actions.evaluation.NaiveBayes;
import org.smartbert.jobs.actions.samples.SampleResult;
import org.smartbert.jobs.actions.scoring.ScoringReport;
import org.smartbert.jobs.cli.console.TextTable;
import org.smartbert.jobs.samples.Part;

/** Runs the demo of a pretrained BERT and prints each step. */
final class PretrainedDemoOutput {
  private static final int LONGEST_TEXT = 90;

  private final PretrainedDemo demo;
  private final PretrainedDemoRequest request;
  private final PrintWriter out;

  private PretrainedDemoOutput(
      PretrainedDemo demo, PretrainedDemoRequest request, PrintWriter out) {
    this.demo = demo;
    this.request = request;
    this.out = out;
  }

  static void run(PretrainedDemo demo, PretrainedDemoRequest request, PrintWriter out) {
    new PretrainedDemoOutput(demo, request, out).run();
  }

  private void run() {
    step("1/6  Getting WordNet's noun definitions from Maven Central");
    SampleResult sample = demo.sample();
    out.printf(
        Locale.ROOT,
        "     %,d definitions of %d classes (label: the lexicographer file), in %s%n"
            + "     Naive Bayes, trained on all training rows, reaches %s of all test rows.%n",
        sample.rows().all(),
        sample.rows().classes(),
        sample.output(),
        AccuracyText.of(sample.floor().accuracy()));
    step("2/6  Getting the backbone " + demo.backboneName() + " from Maven Central");
    Path backbone = demo.backbone();
    out.println("     " + backbone);
    step(
        String.format(
            Locale.ROOT,
            "3/6  Fine-tuning on %,d of the %,d training rows, %d worker%s",
            request.trainRows(),
            sample.rows().parts().get(Part.TRAIN),
            demo.workers(),
            demo.workers() == 1 ? "" : "s"));
    TrainCommand.print(out, demo.fineTune(backbone));
    step(
        "4/6  Adding exits, which learn from the network's answers to other texts, without labels");
    ConvertResult exits = demo.addExits();
    out.printf(
        Locale.ROOT,
        "     %d exits learned from %,d texts in %.0f s; at full depth the answers are as"
            + " before.%n",
        exits.plan().network().layers() - 1,
        exits.job().trainRows(),
        exits.job().seconds());
    step("5/6  Choosing two entropy thresholds S on the validation rows");
    List<ThresholdChoice> choices = demo.thresholds();
    for (ThresholdChoice choice : choices) {
      out.printf(
          Locale.ROOT,
          "     S = %s: %.1f %% where full depth has %.1f %%%n",
          choice.threshold(),
          100 * choice.accuracy(),
          100 * choice.fullDepth());
    }
    step(
        String.format(
            Locale.ROOT, "6/6  Scoring %,d definitions that were not seen", request.testRows()));
    compare(choices.get(0), choices.get(1));
    next();
    out.flush();
  }

  private void step(String line) {
    out.println();
    out.println(line);
    out.flush();
  }

  private void compare(ThresholdChoice careful, ThresholdChoice cheap) {
    NaiveBayes.Result words = demo.naiveBayes();
    DemoScores full = demo.fullDepth();
    DemoScores first = demo.careful(careful);
    DemoScores second = demo.cheap(cheap);
    TextTable table =
        new TextTable("", "accuracy (95 %)", "layers", "MFLOPs a row", "cost", "rows/s");
    table.row(
        "naive Bayes",
        AccuracyText.of(words.accuracy()),
        "-",
        "-",
        "-",
        rate(words.rowsPerSecond()));
    row(table, "full depth", full);
    row(table, "SmartBERT, S = " + careful.threshold(), first);
    row(table, "SmartBERT, S = " + cheap.threshold(), second);
    out.println();
    out.print(table);
    out.println();
    out.println("Exits at S = " + careful.threshold() + ":");
    out.print(ScoringTables.exits(first.run().exits()));
    texts("Left early:", first.early());
    texts("Went deep:", first.deep());
  }

  private static void row(TextTable table, String name, DemoScores scores) {
    ScoringReport.Totals totals = scores.run().totals();
    table.row(
        name,
        AccuracyText.of(scores.accuracy()),
        String.format(Locale.ROOT, "%.2f", totals.layers()),
        String.format(Locale.ROOT, "%.0f", totals.compute().flops() / 1e6 / totals.rows()),
        String.format(Locale.ROOT, "%.3f", totals.cost()),
        rate(scores.run().rowsPerSecond()));
  }

  private static String rate(double rowsPerSecond) {
    return String.format(Locale.ROOT, "%,.0f", rowsPerSecond);
  }

  private void texts(String title, List<DemoScores.TextRow> rows) {
    out.println();
    out.println(title);
    for (DemoScores.TextRow row : rows) {
      out.printf(
          Locale.ROOT,
          "  layer %2d  %s%s  \"%s\"%n",
          row.exitLayer(),
          row.prediction(),
          row.prediction().equals(row.label()) ? "" : " (it is " + row.label() + ")",
          shortened(row.text()));
    }
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text;
  }

  private void next() {
    String predictions = " --predictions " + demo.predictions();
    out.println();
    out.println("Model: " + demo.modelDirectory());
    out.println("Tables: " + demo.tablesRoot() + " (predictions, predictions_full_depth,");
    out.println("  predictions_cheap, runs, training_metrics, evaluations)");
    out.println("Next:");
    out.println("  bin/smartbert show --tables-root " + demo.tablesRoot());
    out.println("  bin/smartbert sql --model " + demo.modelDirectory() + predictions);
    out.println("  bin/smartbert report" + predictions);
  }
}
