package org.smartbert.jobs.actions.reporting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.report.PredictionReport;
import org.smartbert.model.InvalidInputException;

/** Carries out a {@link ReportRequest}. */
public record ReportAction(JobContext context) {
  /**
   * Writes the report and returns its absolute path.
   *
   * @throws InvalidInputException for a table, column or folder that does not exist
   */
  public Path run(ReportRequest request) {
    TableLocation table = TableLocation.parse(request.predictions(), context.spark());
    PredictionReport report = new PredictionReport(context.spark(), table, request.prefix());
    String text = request.textColumn().orElse(null);
    if (text != null && table.read(context.spark()).schema().getFieldIndex(text).isEmpty()) {
      throw new InvalidInputException(
          "The predictions have no column %s; give --text-column one of: %s.",
          text, String.join(", ", table.read(context.spark()).schema().fieldNames()));
    }
    Path target = request.output().toAbsolutePath();
    if (!Files.isDirectory(target.getParent())) {
      throw new InvalidInputException(
          "The folder %s does not exist; create it, or give another --output.", target.getParent());
    }
    write(target, report.html(context.tablesRoot(), text, request.rows()));
    return target;
  }

  private static void write(Path target, String html) {
    try {
      Path temporary = Files.createTempFile(target.getParent(), ".report-", ".html");
      Files.writeString(temporary, html);
      Files.move(
          temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("The report " + target + " could not be written", e);
    }
  }
}
