package org.smartbert.jobs.cli.options;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.network.util.JavaUtils;
import org.smartbert.jobs.actions.scoring.ScoreRequest;
import org.smartbert.jobs.actions.scoring.stream.FollowRequest;
import org.smartbert.jobs.actions.scoring.stream.IncrementalRequest;
import org.smartbert.jobs.actions.scoring.stream.StreamStop;
import org.smartbert.jobs.io.StreamSource;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine.Option;

/** Whether only new rows are scored, how they are found, and for how long. */
public final class IncrementalOptions {
  /** Which rows are scored. */
  public enum Mode {
    /** Those that are new where that can be told, else all. */
    AUTO,
    /** Those that are new. */
    ON,
    /** All. */
    OFF
  }

  @Option(
      names = "--incremental",
      arity = "0..1",
      fallbackValue = "on",
      paramLabel = "auto|on|off",
      description =
          "on scores only rows that this command has not scored yet: those that were appended to a"
              + " Delta table, or the files that were added to a folder. off scores the whole of"
              + " every new version of the input. auto is on for a Delta table and a folder; it is"
              + " off for a file, a pattern, a view, a Delta table that is read with --option, with"
              + " --run-id, --slices or --max-core-hours, and where the output holds rows of"
              + " another run that scored the whole of its input (default: auto; without a value:"
              + " on).")
  private Mode incremental;

  @Option(
      names = "--follow",
      description =
          "Score new rows as they come, until SIGTERM or Ctrl-C, which let a batch of less than"
              + " 15 s end and give the exit code 0. The same command without --follow goes on"
              + " where it stopped.")
  private boolean follow;

  @Option(
      names = "--poll-interval",
      paramLabel = "TIME",
      description =
          "With --follow: time between two looks for new rows, such as 1m (default: 10s).")
  private String pollInterval;

  @Option(
      names = "--changes",
      paramLabel = "fail|ignore",
      description =
          "How --incremental handles updates and deletes in the input. ignore leaves out each"
              + " version of a table that has them, with the rows that it adds, and files that were"
              + " changed (default: fail).")
  private StreamSource.Changes changes;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description =
          "Folder on any Hadoop file system in which --incremental notes what is scored (default:"
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

  /**
   * Which rows are scored. Options that only new rows have mean them.
   *
   * @throws InvalidInputException for such options together with {@code --incremental off}
   */
  public Mode mode() {
    if (incremental == Mode.OFF) {
      refuse("--follow", follow ? follow : null);
      refuse("--poll-interval", pollInterval);
      refuse("--changes", changes);
      refuse("--checkpoint", checkpoint);
      refuse("--max-files-per-trigger", maxFiles);
      refuse("--max-bytes-per-trigger", maxBytes);
    }
    if (pollInterval != null && !follow) {
      throw new InvalidInputException(
          "--poll-interval has an effect only with --follow; add it, or omit --poll-interval.");
    }
    boolean ofNewRows =
        follow
            || Stream.of(changes, checkpoint, maxFiles, maxBytes).anyMatch(given -> given != null);
    Mode otherwise = incremental == null ? Mode.AUTO : incremental;
    return ofNewRows ? Mode.ON : otherwise;
  }

  private static void refuse(String option, Object given) {
    if (given != null) {
      throw new InvalidInputException(
          "%s has no effect with --incremental off; omit one of both.", option);
    }
  }

  /** The request for new rows. */
  public IncrementalRequest request(ScoreRequest scoring) {
    return new IncrementalRequest(
        scoring,
        Optional.ofNullable(checkpoint),
        Optional.ofNullable(changes).orElse(StreamSource.Changes.FAIL),
        new StreamSource.Limits(
            maxFiles == null ? OptionalInt.empty() : OptionalInt.of(maxFiles), bytes()));
  }

  /** The request for new rows as they come; empty for those that there are. */
  public Optional<FollowRequest> follow(ScoreRequest scoring, StreamStop stop) {
    return follow
        ? Optional.of(new FollowRequest(request(scoring), interval(), stop))
        : Optional.empty();
  }

  private Duration interval() {
    if (pollInterval == null) {
      return FollowRequest.DEFAULT_INTERVAL;
    }
    try {
      return Duration.ofMillis(JavaUtils.timeStringAs(pollInterval, TimeUnit.MILLISECONDS));
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          e, "--poll-interval is %s; give a time such as 10s or 1m.", pollInterval);
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
