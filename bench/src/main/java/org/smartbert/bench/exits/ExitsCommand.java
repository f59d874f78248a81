package org.smartbert.bench.exits;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.bench.results.BenchCommand;
import org.smartbert.jobs.cli.options.ComputeOptions;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LabelOption;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.TextInput;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.Method;
import org.smartbert.model.cost.Flops;
import org.smartbert.model.inference.Decisions;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.inference.InferenceSettings;
import org.smartbert.model.inference.SmartBertModel;
import org.smartbert.model.text.EncodedText;
import org.smartbert.model.torch.TorchDevice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether other rules than a threshold of entropy leave earlier at the same accuracy. */
@Command(
    name = "bin/bench exits",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Records what every classifier answers for labelled rows, and compares rules of exit on the"
          + " record: the accuracy of each within several budgets of FLOPs.",
      "",
      "The rows are divided in two at random, many times. Each half chooses a rule of each kind for"
          + " the other, so that no row judges what it chose.",
    })
public final class ExitsCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Mixin private LabelOption label;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Model directory; the rows must be none that it has learned from.")
  private String model;

  @Option(
      names = "--budgets",
      split = ",",
      defaultValue = "0.1,0.15,0.2,0.25,0.3,0.4,0.5,0.6,0.8,1",
      paramLabel = "COST",
      description = "Shares of full depth's FLOPs (default: ${DEFAULT-VALUE}).")
  private List<Double> budgets;

  @Option(
      names = "--divisions",
      defaultValue = "20",
      paramLabel = "N",
      description = "How often the rows are divided (default: ${DEFAULT-VALUE}).")
  private int divisions;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "NUMBER",
      description = "Seed of the divisions (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--results",
      required = true,
      paramLabel = "FILE",
      description = "CSV file to append the results to.")
  private Path results;

  @Mixin private ComputeOptions compute;

  public static void main(String[] arguments) {
    BenchCommand.run("exits", new ExitsCommand(), arguments);
  }

  @Override
  public Integer call() throws IOException {
    if (divisions < 1) {
      throw new InvalidInputException("--divisions is %d; give 1 or more.", divisions);
    }
    for (double budget : budgets) {
      if (!(budget > 0)) {
        throw new InvalidInputException("--budgets has %s; give numbers above 0.", budget);
      }
    }
    ExitsFile file = new ExitsFile(results, budgets);
    file.requireAppendable();
    TextInput texts = input.textInput();
    CrossFit fit;
    try (SparkSession spark = session()) {
      fit = recorded(texts, spark);
    }
    List<ExitsFile.Line> lines = new ArrayList<>();
    for (Family family : Family.values()) {
      lines.add(
          new ExitsFile.Line(
              family.title(), fit.run((choice, budget) -> choice.of(family, budget), budgets)));
    }
    lines.add(new ExitsFile.Line("threshold by layer", fit.run(Choice::byLayer, budgets)));
    System.out.println(ExitsTable.of(fit, budgets, lines));
    file.append(Instant.now(), model, texts.table().location(), fit, lines);
    return 0;
  }

  private CrossFit recorded(TextInput texts, SparkSession spark) {
    ModelSelection.Resolved resolved = compute.select(model).resolve(spark);
    Method.Mechanism mechanism = resolved.config().mechanism();
    if (!mechanism.exits()) {
      throw new InvalidInputException(
          "The model %s (method %s) has no early exits; give one that has them.",
          model, mechanism.method().id());
    }
    InputTable.Pinned pinned = texts.table().open(spark);
    LabelledRows columns = texts.labelledBy(label.column());
    columns.validate(pinned.rows().schema());
    List<Row> rows =
        columns
            .known(pinned.rows(), resolved.config().labels(), texts.table().location(), model)
            .select("first", "second", "label")
            .collectAsList();
    Gates gates = mechanism.skips() ? compute.gates() : Gates.OFF;
    return new CrossFit(
        decided(rows, resolved, gates), resolved.config().layers(), divisions, seed);
  }

  private static List<RecordedRow> decided(
      List<Row> rows, ModelSelection.Resolved resolved, Gates gates) {
    List<RecordedRow> recorded = new ArrayList<>();
    try (SmartBertModel loaded =
        SmartBertModel.load(
            resolved.local(),
            resolved.reference().maxTokens(),
            resolved.reference().precision(),
            TorchDevice.CPU)) {
      List<EncodedText> encoded =
          rows.stream()
              .map(row -> loaded.encoder().encode(row.getString(0), row.getString(1)))
              .toList();
      Flops flops = new Flops(resolved.config());
      Iterator<Row> truths = rows.iterator();
      Iterator<EncodedText> tokens = encoded.iterator();
      InferenceSettings all = InferenceSettings.of(new ExitPolicy.EvaluateAll(), gates);
      try (Decisions decisions = loaded.classifier(all).classify(encoded.iterator())) {
        while (decisions.hasNext()) {
          recorded.add(
              RecordedRow.of(
                  decisions.next(), truths.next().getInt(2), tokens.next().tokens(), flops, gates));
        }
      }
    }
    return recorded;
  }

  private static SparkSession session() {
    return BenchCommand.session("exits", 1).getOrCreate();
  }
}
