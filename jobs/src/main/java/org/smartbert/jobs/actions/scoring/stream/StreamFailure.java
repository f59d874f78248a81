package org.smartbert.jobs.actions.scoring.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkThrowable;
import org.smartbert.jobs.io.Causes;
import org.smartbert.jobs.io.StorageFailure;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/** What Delta and Spark refuse in a stream, as messages for users. */
final class StreamFailure {
  private static final String COLUMNS =
      "The columns of the input %s have changed since --incremental began (%s); change them back,"
          + " or give another --output, which scores all rows with the columns of now.";
  private static final String LOST =
      "The input %s does not have all versions or files any more whose rows are not scored yet"
          + " (%s); give another --output, which scores all rows, and call more often than the"
          + " table's delta.logRetentionDuration and VACUUM.";

  /** Sentences for conditions that begin so, which take the input and Delta's message. */
  private static final Map<String, String> SENTENCES = new LinkedHashMap<>();

  static {
    SENTENCES.put("DELTA_SCHEMA_CHANGED", COLUMNS);
    SENTENCES.put("DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE", COLUMNS);
    SENTENCES.put("DELTA_STREAMING_CANNOT_CONTINUE_PROCESSING_POST_SCHEMA_EVOLUTION", COLUMNS);
    SENTENCES.put("DELTA_MISSING_FILES_UNEXPECTED_VERSION", LOST);
    SENTENCES.put("DELTA_LOG_FILE_NOT_FOUND", LOST);
    SENTENCES.put("DELTA_FILE_NOT_FOUND", LOST);
    SENTENCES.put("DELTA_VERSION", LOST);
    SENTENCES.put("DELTA_TRUNCATED_TRANSACTION_LOG", LOST);
    SENTENCES.put("DELTA_STATE_RECOVER_ERROR", LOST);
    SENTENCES.put("FAILED_READ_FILE.FILE_NOT_EXIST", LOST);
    SENTENCES.put("FAILED_READ_FILE.DBR_FILE_NOT_EXIST", LOST);
  }

  private StreamFailure() {}

  /**
   * The message for a failure that has one.
   *
   * @param input its name
   * @param folder of the checkpoint
   */
  static Optional<RuntimeException> told(Throwable failure, String input, String folder) {
    for (Throwable e : Causes.of(failure)) {
      String condition =
          e instanceof SparkThrowable spark ? String.valueOf(spark.getCondition()) : "";
      for (Map.Entry<String, String> known : SENTENCES.entrySet()) {
        if (condition.startsWith(known.getKey())) {
          return Optional.of(
              new InvalidInputException(
                  failure, "%s", String.format(known.getValue(), input, reason(e))));
        }
      }
      if (condition.startsWith("CONCURRENT_")
          || String.valueOf(e.getMessage()).contains("Multiple streaming jobs")) {
        return Optional.of(
            new FailedRunException(
                "Another process scores with the checkpoint "
                    + folder
                    + "; wait until it has ended, then give the same command again.",
                failure));
      }
    }
    return Optional.empty();
  }

  private static String reason(Throwable e) {
    return StorageFailure.line(e).replaceFirst("^\\[[A-Z_.]+] ", "").replaceFirst("[.] .*", "");
  }
}
