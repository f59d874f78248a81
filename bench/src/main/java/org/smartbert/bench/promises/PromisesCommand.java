package org.smartbert.bench.promises;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.smartbert.bench.results.BenchCommand;
import org.smartbert.jobs.actions.calibration.CalibrateRequest;
import org.smartbert.jobs.cli.options.ComputeOptions;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LabelOption;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.calibration.Reference;
import org.smartbert.model.calibration.Risk;
import org.smartbert.model.inference.Gates;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How often the promises of {@code calibrate} are broken on real rows, and what they save. */
@Command(
    name = "bin/bench promises",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Records what every threshold does to the rows, and calibrates on many random samples of"
          + " them: how often a promise is broken, and how much of what could be saved is saved.",
      "",
      "The recorded rows are the distribution: samples are drawn from them with replacement, and a"
          + " threshold's true risk is its risk on all of them. Each line is repeated with a wrong"
          + " test, which takes the first threshold that fails; the promise must be seen to break."
          + " The exit code is 1 if calibrate's own test breaks it more often than it says.",
    })
public final class PromisesCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Mixin private LabelOption label;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Model directory; the rows must be none that it has learned from.")
  private String model;

  @Option(
      names = "--risks",
      split = ",",
      defaultValue = "agreement,accuracy",
      paramLabel = "agreement|accuracy",
      description = "Promises (default: ${DEFAULT-VALUE}).")
  private List<Risk> risks;

  @Option(
      names = "--epsilons",
      split = ",",
      defaultValue = "0.005,0.01,0.02",
      paramLabel = "SHARE",
      description = "Bounds of the promises (default: ${DEFAULT-VALUE}).")
  private List<Double> epsilons;

  @Option(
      names = "--confidence",
      defaultValue = "0.95",
      paramLabel = "SHARE",
      description = "How sure the promises are (default: ${DEFAULT-VALUE}).")
  private double confidence;

  @Option(
      names = "--rows",
      split = ",",
      defaultValue = "500,2000,10000",
      paramLabel = "N",
      description = "Rows of a sample (default: ${DEFAULT-VALUE}).")
  private List<Integer> rows;

  @Option(
      names = "--draws",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Samples of each size (default: ${DEFAULT-VALUE}).")
  private int draws;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "NUMBER",
      description = "Seed of the samples (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--reference",
      paramLabel = "gates-on|full-depth",
      description = "As for calibrate (default: gates-on; full-depth with --gates off).")
  private Reference reference;

  @Option(
      names = "--cores",
      paramLabel = "N",
      description = "Task slots of local Spark, a thread each (default: the machine's).")
  private Integer cores;

  @Option(
      names = "--results",
      required = true,
      paramLabel = "FILE",
      description = "CSV file to append the results to.")
  private Path results;

  @Mixin private ComputeOptions compute;

  public static void main(String[] arguments) {
    BenchCommand.run("promises", new PromisesCommand(), arguments);
  }

  @Override
  public Integer call() throws IOException {
    List<Setting> settings = settings();
    PromisesFile file = new PromisesFile(results);
    file.requireAppendable();
    RecordedPopulation population =
        new RecordedPopulation(
            input.textInput(),
            label.column(),
            compute.select(model),
            compute.gates(),
            reference == null
                ? compute.gates() == Gates.ON ? Reference.GATES_ON : Reference.FULL_DEPTH
                : reference,
            CalibrateRequest.DEFAULT_GRID);
    List<PromisesFile.Line> lines = new ArrayList<>();
    try (SparkSession spark = session()) {
      for (Risk risk : risks) {
        Recording recording = population.record(risk, spark);
        for (Setting setting : settings) {
          if (setting.risk() == risk) {
            lines.add(line(recording, setting));
          }
        }
      }
    }
    System.out.println(PromisesTable.of(lines));
    file.append(Instant.now(), model, population.input().table().location(), lines);
    return lines.stream().allMatch(line -> line.proper().isKept()) ? 0 : 1;
  }

  private PromisesFile.Line line(Recording recording, Setting setting) {
    Simulation simulation = new Simulation(recording, draws, seed);
    return new PromisesFile.Line(
        recording.rows(),
        draws,
        setting,
        simulation.run(setting, Rule.FIXED_SEQUENCE),
        simulation.run(setting, Rule.FIRST_FAILING));
  }

  private List<Setting> settings() {
    requirePositive("--draws", draws);
    rows.forEach(size -> requirePositive("--rows", size));
    requireShare("--confidence", confidence);
    epsilons.forEach(epsilon -> requireShare("--epsilons", epsilon));
    List<Setting> settings = new ArrayList<>();
    for (Risk risk : risks) {
      for (double epsilon : epsilons) {
        for (int size : rows) {
          settings.add(new Setting(risk, epsilon, 1 - confidence, size));
        }
      }
    }
    return settings;
  }

  private static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new InvalidInputException("%s has %d; give 1 or more.", option, value);
    }
  }

  private static void requireShare(String option, double value) {
    if (!(value > 0 && value < 1)) {
      throw new InvalidInputException(
          "%s has %s; give a number above 0 and below 1.", option, value);
    }
  }

  private SparkSession session() {
    int slots = cores == null ? Runtime.getRuntime().availableProcessors() : cores;
    return BenchCommand.session("promises", slots).getOrCreate();
  }
}
