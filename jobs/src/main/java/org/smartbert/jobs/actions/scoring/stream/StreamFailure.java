package org.smartbert.jobs.actions.scoring.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkThrowable;
import org.smartbert.jobs.io.Causes;
import org.smartbert.jobs.io.InputTable;
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

  private static final String FILE_GONE = "FAILED_READ_FILE.";

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
    SENTENCES.put(FILE_GONE + "FILE_NOT_EXIST", LOST);
    SENTENCES.put(FILE_GONE + "DBR_FILE_NOT_EXIST", LOST);
  }

  private StreamFailure() {}

  /**
   * The message for a failure that has one.
   *
   * @param folder of the checkpoint
   */
  static Optional<RuntimeException> told(Throwable failure, InputTable input, String folder) {
    for (Throwable e : Causes.of(failure)) {
      String condition =
          e instanceof SparkThrowable spark ? String.valueOf(spark.getCondition()) : "";
      for (Map.Entry<String, String> known : SENTENCES.entrySet()) {
        if (condition.startsWith(known.getKey()) && !isOfFolder(known.getKey(), input)) {
          return Optional.of(
              new InvalidInputException(
                  failure, "%s", String.format(known.getValue(), input.location(), reason(e))));
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

  /** A folder's file that is gone is left out and told by the next call. */
  private static boolean isOfFolder(String condition, InputTable input) {
    boolean table =
        input.format() == InputTable.Format.DELTA || input.format() == InputTable.Format.TABLE;
    return condition.startsWith(FILE_GONE) && !table;
  }

  private static String reason(Throwable e) {
    return StorageFailure.line(e).replaceFirst("^\\[[A-Z_.]+] ", "").replaceFirst("[.] .*", "");
  }
}
