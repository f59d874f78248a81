package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.scoring.ScoringJob;
import org.smartbert.jobs.actions.scoring.ScoringPlan;
import org.smartbert.jobs.actions.scoring.ScoringReport;
import org.smartbert.jobs.cli.options.DeviceOption;
import org.smartbert.jobs.cli.options.InputOptions;
import org.smartbert.jobs.cli.options.LengthOption;
import org.smartbert.jobs.cli.options.PrecisionOption;
import org.smartbert.jobs.cli.options.PrefixOption;
import org.smartbert.jobs.cli.options.TablesRootOption;
import org.smartbert.jobs.history.RunsTable;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.Precision;
import org.smartbert.model.bert.BertConfig;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.udfs.ComputeDevice;
import org.smartbert.udfs.ModelReference;
import org.smartbert.udfs.PredictionSchema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Classifies the rows of a table into a Delta table. */
@Command(
    name = "score",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Classifies the rows of a table and writes them to a Delta table with prediction, exit layer,"
          + " skip mask and FLOPs.",
      "",
      "A run that was killed goes on where it stopped when the same command is given again; a"
          + " finished one is not done twice unless it gets a new --run-id.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert score --input reviews.parquet --text-column review --model models/reviews \\",
      "    --output tables/reviews_scored --entropy-threshold 0.2",
    })
final class ScoreCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Model directory that train wrote, on a file system that all executors read.")
  private String model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "PATH|TABLE",
      description = "Delta table to append to; made if missing.")
  private String output;

  @Option(
      names = "--entropy-threshold",
      defaultValue = "0.3",
      paramLabel = "ENTROPY",
      description =
          "A row leaves where its entropy is below this, in nats, or as a share of ln C for a"
              + " fastbert model; 0: never early (default: ${DEFAULT-VALUE}).")
  private float entropyThreshold;

  @Option(
      names = "--gates",
      defaultValue = "on",
      paramLabel = "on|off",
      description = "Whether layers may be skipped (default: ${DEFAULT-VALUE}).")
  private Gates gates;

  @Mixin private PrecisionOption precision;

  @Mixin private DeviceOption device;

  @Option(names = "--logits", description = "Add a column logits ARRAY<FLOAT>.")
  private boolean logits;

  @Option(
      names = "--keep",
      split = ",",
      paramLabel = "COLUMN",
      description = "Input columns to keep, separated by commas (default: all).")
  private List<String> keep = List.of();

  @Mixin private PrefixOption prefix;

  @Mixin private LengthOption length;

  @Option(
      names = "--slices",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Commits of the output; each reads the input once (default: one per 100,000 rows, 20 at"
              + " most).")
  private int slices;

  @Option(
      names = "--partitions",
      defaultValue = "0",
      paramLabel = "N",
      description = "Tasks of a slice (default: the input's, and at least one per core).")
  private int partitions;

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description = "Name of the run (default: made from the input's version and all options).")
  private String runId;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (!(entropyThreshold >= 0)) {
      throw new InvalidInputException(
          "--entropy-threshold is %s; it must be 0 or more.", entropyThreshold);
    }
    SparkSession spark = Sessions.open(spec);
    ScoringPlan plan = plan(spark);
    RunsTable runs = new RunsTable(spark, tablesRoot.path);
    PrintWriter out = spec.commandLine().getOut();
    ScoringJob.Result result = new ScoringJob(spark, plan, runs, slice -> {}).run();
    ScoringReport report = new ScoringReport(spark, plan.output(), result.runId(), prefix.text);
    ScoringReport.Totals totals = report.totals();
    if (result.computed() == 0) {
      out.printf(
          Locale.ROOT,
          "Run %s is complete already: %,d rows stand in %s. Give a new --run-id to score again.%n",
          result.runId(),
          totals.rows(),
          plan.output().name());
      out.flush();
      return 0;
    }
    runs.finished(
        result.runId(),
        new RunsTable.End(
            totals.rows(),
            totals.errors(),
            result.seconds(),
            result.computedRows() / Math.max(result.seconds(), 1e-9),
            totals.flops(),
            totals.full(),
            null));
    summary(out, plan, result, report, totals);
    return 0;
  }

  private ScoringPlan plan(SparkSession spark) {
    var hadoop = spark.sparkContext().hadoopConfiguration();
    Path local = ModelReference.local(model, hadoop);
    BertConfig config = ModelDirectory.config(local);
    int limit = length.of(config, model);
    // Reads the whole model once, so that a broken one is refused before any task starts.
    ModelDirectory.openModel(local);
    TextEncoder.open(local, config, limit).close();
    ComputeDevice on = device.in(spark, precision);
    Precision computed = precision.of(local, on);
    return new ScoringPlan(
        input.table(),
        input.textColumn,
        input.pairColumn,
        ModelReference.to(model, limit, computed, on, hadoop),
        entropyThreshold,
        gates,
        new PredictionSchema(
            prefix.text, logits ? PredictionSchema.Logits.KEEP : PredictionSchema.Logits.DROP),
        keep,
        TableLocation.parse(output, spark),
        slices,
        partitions,
        runId);
  }

  private static void summary(
      PrintWriter out,
      ScoringPlan plan,
      ScoringJob.Result result,
      ScoringReport report,
      ScoringReport.Totals totals) {
    out.printf(
        Locale.ROOT,
        "Scored %,d rows in %.1f s (%,.0f rows/s); of %,d in all %,d could not be scored, %,d were"
            + " cut.%n",
        result.computedRows(),
        result.seconds(),
        result.computedRows() / Math.max(result.seconds(), 1e-9),
        totals.rows(),
        totals.errors(),
        totals.truncated());
    out.printf(
        Locale.ROOT,
        "Mean layers executed %.2f, cost %.3f of full depth (FLOPs saved: %.1f %%).%n%n",
        totals.layers(),
        totals.cost(),
        100 * (1 - totals.cost()));
    out.println(report.exits());
    out.printf("Predictions: %s%nRun: %s%n", plan.output().sql(), result.runId());
    out.flush();
  }
}
