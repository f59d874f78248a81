package org.smartbert.jobs.actions.reporting;

import java.util.Optional;
import org.smartbert.model.InvalidInputException;

/**
 * Writes an HTML report about a predictions table.
 *
 * @param predictions path or name of the table
 * @param prefix of the prediction columns
 * @param output the file, on any Hadoop file system; replaced if it exists
 * @param rows how many of the costliest and of the least certain rows to show
 * @param textColumn the text that is shown with them; empty for none
 */
public record ReportRequest(
    String predictions, String prefix, String output, int rows, Optional<String> textColumn) {
  /**
   * @throws InvalidInputException for a negative number of rows
   */
  public ReportRequest {
    if (rows < 0) {
      throw new InvalidInputException("--rows is %d; it must be 0 or more.", rows);
    }
  }

  /** A report without rows and texts. */
  public static ReportRequest of(String predictions, String output) {
    return new ReportRequest(predictions, "", output, 0, Optional.empty());
  }
}
