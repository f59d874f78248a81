package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.actions.SmartBertJobs;
import org.smartbert.jobs.cli.options.PredictionsOption;
import org.smartbert.jobs.history.AnalysisViews;
import org.smartbert.jobs.io.TableLocation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the views that answer cost questions. */
@Command(
    name = "views",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Makes views over a predictions table: exits, skips, cost by day, model, label and length,"
          + " FLOPs saved, confidence, errors, drift, accuracy against cost.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert views --predictions tables/reviews_scored --label-column stars --print",
    })
final class ViewsCommand implements Callable<Integer> {
  @Mixin private PredictionsOption predictions;

  @Option(
      names = "--schema",
      paramLabel = "NAME",
      description = "Schema of the catalog for the views (default: the current one).")
  private String schema;

  @Option(
      names = "--label-column",
      paramLabel = "COLUMN",
      description = "The true label, for accuracy_by_cost (default: without that view).")
  private String labelColumn;

  @Option(
      names = "--print",
      description = "Print the SQL, for any engine that reads the table, and make nothing.")
  private boolean print;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    SparkSession spark = Sessions.open(spec);
    PrintWriter out = spec.commandLine().getOut();
    AnalysisViews views =
        new AnalysisViews(
            TableLocation.parse(predictions.location(), spark),
            schema,
            labelColumn,
            predictions.prefix(),
            AnalysisViews.Life.CATALOG);
    if (print) {
      views.views().forEach(view -> out.printf("%s;%n%n", view.sql()));
    } else {
      SmartBertJobs.with(spark)
          .views(views)
          .forEach(view -> out.printf("%-26s %s%n", view.name(), view.comment()));
    }
    out.flush();
    return 0;
  }
}
