package org.smartbert.jobs.io;

import java.util.Optional;
import java.util.Set;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.smartbert.model.InvalidInputException;

/** Spark's errors that mean a broken file and not a broken run. */
public final class UnreadableInput {
  private static final Set<String> CONDITIONS =
      Set.of(
          "CANNOT_READ_FILE_FOOTER",
          "FAILED_READ_FILE",
          "CANNOT_MERGE_SCHEMAS",
          "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE",
          "INVALID_PARAMETER_VALUE");

  private UnreadableInput() {}

  /** The sentence for a failure that a file caused. */
  public static Optional<InvalidInputException> of(Throwable failure) {
    for (Throwable t : Causes.of(failure)) {
      if (t instanceof InvalidInputException invalid) {
        return Optional.of(invalid);
      }
      if (t instanceof AnalysisException) {
        return Optional.of(new InvalidInputException(failure, "%s", message(t)));
      }
      if (t instanceof SparkThrowable spark && spark.getCondition() != null) {
        String condition = spark.getCondition();
        if (CONDITIONS.contains(condition.replaceFirst("\\..*", ""))) {
          return Optional.of(
              new InvalidInputException(
                  failure,
                  "The input cannot be read: %s Write the file again, or take it out of the input,"
                      + " for example by --option pathGlobFilter=\"*.parquet\".",
                  message(t)));
        }
      }
    }
    return Optional.empty();
  }

  private static String message(Throwable spark) {
    String line =
        String.valueOf(spark.getMessage())
            .replaceAll("\\s*SQLSTATE: \\w+", "")
            .replaceFirst("^\\[[A-Z_.]+] ", "")
            .replaceAll("\\s*\\R\\s*", " ")
            .strip();
    return line.length() > 400 ? line.substring(0, 400) + "..." : line;
  }
}
