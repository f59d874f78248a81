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

/** Creates the analysis views. */
@Command(
    name = "views",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Creates views over a predictions table: exits, skips, cost by day, model, label and"
          + " length, FLOPs saved, confidence, errors, drift, accuracy versus cost.",
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
      description = "Catalog schema of the views (default: the current schema).")
  private String schema;

  @Option(
      names = "--label-column",
      paramLabel = "COLUMN",
      description =
          "Column with the true label, for the view accuracy_by_cost (default: the view"
              + " is not created).")
  private String labelColumn;

  @Option(
      names = "--print",
      description = "Print the SQL for use in other engines instead of creating the views.")
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
