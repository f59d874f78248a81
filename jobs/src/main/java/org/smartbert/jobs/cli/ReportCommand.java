package org.smartbert.jobs.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.cli.options.PredictionsOption;
import org.smartbert.jobs.cli.options.TablesRootOption;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.report.PredictionReport;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a report for people. */
@Command(
    name = "report",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Writes one HTML file about a predictions table that opens from disk without a network:"
          + " accuracy against FLOPs (where models were evaluated), exits, skips, cost over time,"
          + " and the run's settings.",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  smartbert report --predictions tables/reviews_scored --output reviews.html",
    })
final class ReportCommand implements Callable<Integer> {
  @Mixin private PredictionsOption predictions;

  @Option(
      names = "--output",
      defaultValue = "report.html",
      paramLabel = "FILE",
      description = "The file; replaced if it is there (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--rows",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "How many of the costliest and of the least certain rows to show; texts can be private"
              + " (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--text-column",
      paramLabel = "COLUMN",
      description = "The text that --rows shows (default: none).")
  private String textColumn;

  @Mixin private TablesRootOption tablesRoot;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (rows < 0) {
      throw new InvalidInputException("--rows is %d; it must be 0 or more.", rows);
    }
    SparkSession spark = Sessions.open(spec);
    TableLocation table = predictions.table(spark);
    PredictionReport report = new PredictionReport(spark, table, predictions.prefix.text);
    if (textColumn != null && table.read(spark).schema().getFieldIndex(textColumn).isEmpty()) {
      throw new InvalidInputException(
          "The predictions have no column %s; give --text-column one of: %s.",
          textColumn, String.join(", ", table.read(spark).schema().fieldNames()));
    }
    Path target = output.toAbsolutePath();
    if (!Files.isDirectory(target.getParent())) {
      throw new InvalidInputException(
          "The folder %s does not exist; make it, or give another --output.", target.getParent());
    }
    String html = report.html(tablesRoot.path, textColumn, rows);
    Path temporary = Files.createTempFile(target.getParent(), ".report-", ".html");
    Files.writeString(temporary, html);
    Files.move(
        temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Report: %s%n", target);
    out.flush();
    return 0;
  }
}
