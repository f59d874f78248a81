package org.smartbert.jobs.cli.options;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.spark.network.util.JavaUtils;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.stream.IncrementalRequest;
import org.smartbert.jobs.io.StreamSource;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine.Option;

/** Whether only new rows are scored, and how they are found. */
public final class IncrementalOptions {
  @Option(
      names = "--incremental",
      description =
          "Score only rows that this command has not scored yet, as a stream that ends. The input"
              + " is a Delta table to which rows are appended, or a folder to which files are"
              + " added (default: off; every new version of the input is scored whole).")
  private boolean incremental;

  @Option(
      names = "--changes",
      paramLabel = "fail|ignore",
      description =
          "With --incremental: how to handle updates and deletes in the input. ignore leaves out"
              + " each version of a table that has them, with the rows that it adds, and files"
              + " that were changed (default: fail).")
  private StreamSource.Changes changes;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description =
          "With --incremental: folder on any Hadoop file system that notes what is scored (default:"
              + " _smartbert in the folder of the output).")
  private String checkpoint;

  @Option(
      names = "--max-files-per-trigger",
      paramLabel = "N",
      description = "With --incremental: files in a batch, which is one commit (default: 1000).")
  private Integer maxFiles;

  @Option(
      names = "--max-bytes-per-trigger",
      paramLabel = "SIZE",
      description =
          "With --incremental: size of the files in a batch, such as 64m; a single file may be"
              + " larger (default: 128m for a Delta table, no bound for a folder).")
  private String maxBytes;

  /** The request for new rows; empty if all rows are to be scored. */
  public Optional<IncrementalRequest> request(ScoreRequest scoring) {
    if (!incremental) {
      refuse("--changes", changes);
      refuse("--checkpoint", checkpoint);
      refuse("--max-files-per-trigger", maxFiles);
      refuse("--max-bytes-per-trigger", maxBytes);
      return Optional.empty();
    }
    return Optional.of(
        new IncrementalRequest(
            scoring,
            Optional.ofNullable(checkpoint),
            Optional.ofNullable(changes).orElse(StreamSource.Changes.FAIL),
            new StreamSource.Limits(
                maxFiles == null ? OptionalInt.empty() : OptionalInt.of(maxFiles), bytes())));
  }

  private static void refuse(String option, Object given) {
    if (given != null) {
      throw new InvalidInputException(
          "%s has an effect only with --incremental; add it, or omit %s.", option, option);
    }
  }

  private OptionalLong bytes() {
    if (maxBytes == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(JavaUtils.byteStringAsBytes(maxBytes));
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          e, "--max-bytes-per-trigger is %s; give a size such as 64m or 1g.", maxBytes);
    }
  }
}
