package org.smartbert.jobs.actions.reporting;

import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.io.OutputFile;
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
  public String run(ReportRequest request) {
    OutputFile target =
        new OutputFile(TableLocation.absolute(request.output(), context.spark()), context.hadoop());
    target.requireWritable();
    TableLocation table = TableLocation.parse(request.predictions(), context.spark());
    PredictionReport report = new PredictionReport(context.spark(), table, request.prefix());
    String text = request.textColumn().orElse(null);
    if (text != null && table.read(context.spark()).schema().getFieldIndex(text).isEmpty()) {
      throw new InvalidInputException(
          "The predictions have no column %s; give --text-column one of: %s.",
          text, String.join(", ", table.read(context.spark()).schema().fieldNames()));
    }
    target.write(report.html(context.tablesRoot(), text, request.rows()));
    return target.location();
  }
}
