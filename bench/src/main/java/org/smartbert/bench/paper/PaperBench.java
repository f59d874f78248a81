package org.smartbert.bench.paper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.smartbert.bench.paper.Campaign.KeepModels;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.training.TrainingPlan;
import org.smartbert.jobs.sync.RingSettings;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Processor;
import org.smartbert.model.training.Safeguards;
import org.smartbert.udfs.ComputeDevice;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The paper's table 1 and figure 4 on the tasks that there are data for, measured anew. */
@Command(
    name = "bin/bench paper",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains the paper's methods on GLUE tasks, evaluates each model once for all thresholds, and"
          + " prints the paper's tables. It can be stopped at any time: the same command goes on"
          + " where it stood.",
    })
public final class PaperBench implements Callable<Integer> {
  /** Longer than the default: beside other work a worker may wait for its processor. */
  private static final Duration PEER_TIMEOUT = Duration.ofSeconds(60);

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Folder of the tasks' folders, such as glue-rte with train.tsv.gz.")
  private Path data;

  @Option(
      names = "--backbone",
      paramLabel = "NAME_OR_DIR",
      description = "BERT to start from: a name of bin/smartbert backbone list, or a directory.")
  private String backbone;

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "TASK",
      description =
          "Tasks: wnli, rte, mrpc, cola, sst2, sst2-sentences, qnli, qqp, mnli, trec, agnews,"
              + " banking77.")
  private List<String> tasks;

  @Option(
      names = "--methods",
      split = ",",
      defaultValue = "bert,distilbert,deebert,fastbert,smartbert,smartbert-gates-off",
      paramLabel = "METHOD",
      description = "Methods, in this order within a task (default: ${DEFAULT-VALUE}).")
  private List<String> methods;

  @Option(
      names = "--seeds",
      split = ",",
      defaultValue = "1",
      paramLabel = "NUMBER",
      description = "Seeds (default: ${DEFAULT-VALUE}).")
  private List<Long> seeds;

  @Option(
      names = "--learning-rates",
      split = ",",
      defaultValue = "2e-5",
      paramLabel = "RATE",
      description =
          "Learning rates, each trained by itself; tables use the best on validation rows"
              + " (default: ${DEFAULT-VALUE}).")
  private List<String> learningRates;

  @Option(
      names = "--head-learning-rates",
      split = ",",
      defaultValue = "same",
      paramLabel = "same|RATE",
      description =
          "Rates of gates, classifiers and contrast heads, each trained by itself and shown by"
              + " itself (default: ${DEFAULT-VALUE}, as in the paper).")
  private List<String> headRates;

  @Option(
      names = "--epochs",
      defaultValue = "5",
      paramLabel = "EPOCHS",
      description = "Epochs of stage 1 (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--exit-epochs",
      defaultValue = "4",
      paramLabel = "EPOCHS",
      description = "Epochs of stage 2 (default: ${DEFAULT-VALUE}).")
  private int exitEpochs;

  @Option(
      names = "--rows",
      paramLabel = "ROWS",
      description = "Most training rows of a task; held-out rows are always all (default: all).")
  private Integer rows;

  @Option(
      names = "--workers",
      defaultValue = "2",
      paramLabel = "N",
      description = "Training workers, each a thread (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--precision",
      paramLabel = "fp32|bf16",
      description =
          "Precision of training (default: bf16 where the processor has instructions for it)."
              + " Evaluation is in float32.")
  private Precision precision;

  @Option(
      names = "--work",
      defaultValue = "paper-work",
      paramLabel = "DIR",
      description = "Folder for checkpoints, models and tables (default: ${DEFAULT-VALUE}).")
  private Path work;

  @Option(
      names = "--results",
      paramLabel = "FILE.csv",
      description = "Results, appended to (default: results.csv in the folder of --work).")
  private Path results;

  @Option(names = "--keep-models", description = "Keep the models of finished cells.")
  private boolean keepModels;

  @Option(names = "--print", description = "Only print the tables of --results.")
  private boolean printOnly;

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    Stop stop = Stop.install();
    int code =
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments);
    stop.campaignEnded();
    System.exit(code);
  }

  /** Runs the command; returns 0, 1 for a failed run, or 2 for wrong input. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(new PaperBench());
    line.setOut(out);
    line.setErr(err);
    line.setUsageHelpWidth(100);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(
        (e, given) -> {
          err.println("bench paper: " + e.getMessage() + " (see bin/bench paper --help)");
          return Problems.WRONG_INPUT;
        });
    line.setExecutionExceptionHandler(
        (e, at, parsed) -> {
          Problems problems = new Problems(err);
          problems.add("", e);
          return problems.code();
        });
    return line.execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    ResultsFile file = new ResultsFile(results == null ? work.resolve("results.csv") : results);
    int code = printOnly ? 0 : campaign(file);
    if (!Stop.requested()) {
      print(file);
    }
    return code;
  }

  private void print(ResultsFile file) {
    ResultsFile.Read read = file.read();
    read.cutOff().ifPresent(spec.commandLine().getErr()::println);
    PrintWriter out = spec.commandLine().getOut();
    new Tables(read.results(), out).print();
    out.flush();
  }

  private int campaign(ResultsFile file) throws IOException {
    require("--data", data);
    require("--backbone", backbone);
    require("--tasks", tasks);
    Folders.create(work);
    file.requireWritable();
    PrintWriter err = spec.commandLine().getErr();
    OptionalInt limit = rows == null ? OptionalInt.empty() : OptionalInt.of(rows);
    Recipe recipe = new Recipe(epochs, exitEpochs, limit, trainingPrecision());
    Grid grid = grid();
    Campaign campaign =
        new Campaign(file, recipe, keepModels ? KeepModels.YES : KeepModels.NO, err);
    List<Task> known = campaign.tasks(tasks, data.toAbsolutePath());
    try (SparkSession spark = LocalSpark.open(workers, work)) {
      String tables = work.resolve("tables").toAbsolutePath().toString();
      CampaignProgress progress = new CampaignProgress(err);
      StartingBert start = StartingBert.locate(backbone, new JobContext(spark, tables, progress));
      Map<Task, List<Cell>> open = campaign.unfinished(grid, start.name(), known);
      SmartBertJobs jobs = SmartBertJobs.with(spark).tablesRoot(tables).progress(progress);
      CellRun runner =
          new CellRun(jobs, start, recipe, threads(), work.resolve("models").toAbsolutePath());
      return campaign.run(
          open, task -> TaskRows.of(spark, task, data.toAbsolutePath(), limit, work), runner);
    }
  }

  private static void require(String option, Object value) {
    if (value == null) {
      throw new InvalidInputException(
          "%s is missing; give it, or --print to print the tables of earlier results.", option);
    }
  }

  private Grid grid() {
    return new Grid(
        methods.stream().map(Arm::of).distinct().toList(),
        seeds.stream().distinct().toList(),
        learningRates.stream().map(rate -> Rates.parse("--learning-rates", rate)).toList(),
        headRates.stream().map(rate -> Rates.parseHeads("--head-learning-rates", rate)).toList());
  }

  private Precision trainingPrecision() {
    if (precision != null) {
      return precision;
    }
    return Processor.knowsBfloat16() ? Precision.BF16 : Precision.FP32;
  }

  private TrainingPlan.Workers threads() {
    return new TrainingPlan.Workers(
        workers,
        ComputeDevice.CPU,
        new RingSettings(PEER_TIMEOUT, RingSettings.Wire.FLOAT32, RingSettings.Encryption.NONE),
        Safeguards.DEFAULT,
        3);
  }
}
