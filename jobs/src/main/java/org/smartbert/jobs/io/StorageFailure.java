package org.smartbert.jobs.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.security.AccessControlException;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/** Failures of file systems and of Delta's checks, in one sentence. */
public final class StorageFailure {
  private static final List<String> FULL =
      List.of("No space left on device", "Disk quota exceeded", "File too large");
  private static final List<String> FORBIDDEN =
      List.of(
          "Permission denied",
          "Read-only file system",
          "Operation not permitted",
          "Mkdirs failed to create",
          "Parent path is not a directory",
          "Not a directory");

  private StorageFailure() {}

  /** A place that could not be looked at. */
  static InvalidInputException unreachable(String table, IOException cause) {
    return new InvalidInputException(
        cause, "The table %s could not be reached: %s.", table, line(cause));
  }

  /** A place where nothing may be written. */
  static InvalidInputException notWritable(String table, IOException cause) {
    if (isFull(cause)) {
      return new InvalidInputException(
          cause, "There is no space left for the table %s; free space or choose another.", table);
    }
    return new InvalidInputException(
        cause,
        "The table %s cannot be written (%s); choose another location, or request write access.",
        table,
        line(cause));
  }

  /**
   * The message of a failed write; empty for causes other than storage.
   *
   * @param table where rows were written
   */
  public static Optional<FailedRunException> of(Throwable failure, String table) {
    for (Throwable e : Causes.of(failure)) {
      if (isFull(e)) {
        return told(
            failure,
            "There is no space left where the table %s or Spark's temporary files are (%s); free"
                + " space and give the same command again: what is committed is not computed"
                + " again.",
            table,
            line(e));
      }
      if (isForbidden(e)) {
        return told(
            failure,
            "The table %s or Spark's temporary files cannot be written (%s); request write access"
                + " and give the same command again.",
            table,
            line(e));
      }
      if (e.getClass().getSimpleName().contains("InvariantViolation")) {
        return told(
            failure,
            "The table %s refuses a row: %s; remove the constraint or filter out such rows.",
            table,
            line(e));
      }
    }
    return Optional.empty();
  }

  private static boolean isFull(Throwable e) {
    return e instanceof IOException && holdsOneOf(e, FULL);
  }

  private static boolean isForbidden(Throwable e) {
    return e instanceof AccessDeniedException
        || e instanceof AccessControlException
        || (e instanceof IOException && holdsOneOf(e, FORBIDDEN));
  }

  private static boolean holdsOneOf(Throwable e, List<String> parts) {
    String message = String.valueOf(e.getMessage());
    return parts.stream().anyMatch(message::contains);
  }

  private static Optional<FailedRunException> told(
      Throwable cause, String format, String table, String detail) {
    return Optional.of(new FailedRunException(String.format(format, table, detail), cause));
  }

  /** The first line of a message, without a full stop. */
  public static String line(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String first =
        message.lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("?");
    return first.replaceFirst("[.;:]$", "");
  }
}
