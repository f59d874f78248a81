package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.smartbert.jobs.actions.scoring.PlanRequest;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.ScoringForecast;
import org.smartbert.jobs.cli.console.CoreHoursText;
import org.smartbert.jobs.cli.console.DurationText;
import org.smartbert.jobs.cli.console.TextTable;
import org.smartbert.jobs.cli.options.ScoringOptions;
import org.smartbert.jobs.cli.options.TablesRootOption;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.inference.Gates;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Forecasts what score will take. */
@Command(
    name = "plan",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Forecasts the time and the core-hours of score with the same options, at full depth and at"
          + " the requested policy, by scoring a sample of the input on this cluster.",
      "",
      "The input is read twice, to count its rows and to draw the sample. Writing is measured in"
          + " a folder under --tables-root that is removed at the end.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert plan --input reviews.parquet --text-column review --model models/reviews \\",
      "    --entropy-threshold 0.2 --price-per-core-hour 0.05",
    })
final class PlanCommand implements Callable<Integer> {
  /** A cluster of which a larger share waits is told of. */
  private static final double IDLE = 0.2;

  @Mixin private ScoringOptions scoring;

  @Option(
      names = "--sample-rows",
      defaultValue = "2000",
      paramLabel = "N",
      description =
          "Rows to draw from the input at random, about; each is scored at least once (default:"
              + " ${DEFAULT-VALUE}).")
  private int sampleRows;

  @Option(
      names = "--measure-seconds",
      defaultValue = "10",
      paramLabel = "SECONDS",
      description =
          "Seconds to score for at each of the two policies; the sample is repeated where it is"
              + " scored sooner (default: ${DEFAULT-VALUE}).")
  private double measureSeconds;

  @Option(
      names = "--price-per-core-hour",
      paramLabel = "PRICE",
      description = "Price of a core-hour, in any currency; adds what the run costs.")
  private Double price;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (price != null && !(price >= 0 && Double.isFinite(price))) {
      throw new InvalidInputException(
          "--price-per-core-hour is %s; it must be a number of 0 or more.", price);
    }
    PlanRequest request =
        new PlanRequest(
            scoring.input(),
            scoring.model(),
            scoring.exits(),
            new PlanRequest.Written(scoring.keep(), scoring.columns()),
            scoring.tasks(),
            new PlanRequest.Effort(sampleRows, measureSeconds));
    ScoringForecast forecast = Jobs.of(spec, tablesRoot.path()).plan(request);
    PrintWriter out = spec.commandLine().getOut();
    printInput(out, forecast.input());
    printCluster(out, forecast);
    out.println(table(forecast));
    printIdle(out, forecast);
    out.flush();
    forecast
        .notes()
        .forEach(note -> spec.commandLine().getErr().println("smartbert: note: " + note));
    return 0;
  }

  private static void printInput(PrintWriter out, ScoringForecast.Input input) {
    ScoringForecast.Tokens tokens = input.tokens();
    out.printf(
        Locale.ROOT,
        "Input: %,d rows. Sample: %,d rows; %.1f %% repeat a text of it, %.1f %% cannot be"
            + " scored.%n",
        input.rows(),
        input.sampled(),
        100 * input.repeated(),
        100 * input.errors());
    out.printf(
        Locale.ROOT,
        "Tokens: median %d, 90th percentile %d, 99th percentile %d; %.1f %% of the texts are"
            + " truncated at %d.%n",
        tokens.lengths().median(),
        tokens.lengths().ninety(),
        tokens.lengths().ninetyNine(),
        100 * tokens.truncated(),
        tokens.limit());
  }

  private static void printCluster(PrintWriter out, ScoringForecast forecast) {
    ScoringForecast.Division division = forecast.division();
    ScoringForecast.Overheads overheads = forecast.overheads();
    out.printf(
        Locale.ROOT,
        "Cluster: %d task slot%s with %d core%s each; slices: %d, each reads the input (%.1f s of"
            + " tasks) and commits (%.1f s).%n%n",
        division.slots(),
        division.slots() == 1 ? "" : "s",
        division.coresPerTask(),
        division.coresPerTask() == 1 ? "" : "s",
        division.slices(),
        overheads.readTasks(),
        overheads.commit());
  }

  private TextTable table(ScoringForecast forecast) {
    TextTable table =
        price == null
            ? new TextTable("", "layers", "cost", "rows/s", "core-hours", "time")
            : new TextTable("", "layers", "cost", "rows/s", "core-hours", "price", "time");
    row(table, "full depth", forecast.fullDepth());
    return row(table, label(forecast.requested().exits()), forecast.requested());
  }

  private TextTable row(TextTable table, String label, ScoringForecast.Policy policy) {
    String layers = String.format(Locale.ROOT, "%.2f", policy.layers());
    String cost = String.format(Locale.ROOT, "%.3f", policy.cost());
    String rate = String.format(Locale.ROOT, "%,.0f", policy.rowsPerSecond());
    String hours = CoreHoursText.of(policy.coreHours());
    String time = DurationText.of(policy.seconds());
    return price == null
        ? table.row(label, layers, cost, rate, hours, time)
        : table.row(label, layers, cost, rate, hours, money(policy.coreHours()), time);
  }

  private static String label(ScoreRequest.Exits exits) {
    return "S = " + exits.entropyThreshold() + (exits.gates() == Gates.ON ? "" : ", gates off");
  }

  private String money(double coreHours) {
    return String.format(Locale.ROOT, "%,.2f", price * coreHours);
  }

  private void printIdle(PrintWriter out, ScoringForecast forecast) {
    double tasks = forecast.requested().coreHours();
    double cluster = forecast.clusterCoreHours();
    if (cluster * (1 - IDLE) > tasks) {
      out.printf(
          Locale.ROOT,
          "The cluster's cores are there for %s core-hours%s meanwhile: %.0f %% of that they"
              + " wait.%n",
          CoreHoursText.of(cluster),
          price == null ? "" : " (" + money(cluster) + ")",
          100 * (1 - tasks / cluster));
    }
  }
}
