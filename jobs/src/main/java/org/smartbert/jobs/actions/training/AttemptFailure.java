package org.smartbert.jobs.actions.training;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.smartbert.jobs.actions.run.Cancellation;
import org.smartbert.jobs.sync.PeerLostException;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.training.DivergedException;
import org.smartbert.model.training.ReplicaMismatchException;
import org.smartbert.model.training.TrainingStoppedException;

/**
 * Why an attempt broke. Spark reports a failed barrier stage to the driver as text only, so what a
 * worker threw is found in it.
 *
 * @param reason one sentence
 */
record AttemptFailure(Kind kind, String reason, Exception cause) {
  /** What follows from it. */
  enum Kind {
    /** The input or the settings are wrong, and stay so. */
    WRONG_INPUT,
    /** Loss or weights are infinite or NaN, and would be again with the same settings. */
    DIVERGED,
    /** The replicas differ, and would again. */
    REPLICAS_DIFFER,
    /** The job was cancelled: the run is to end. */
    CANCELLED,
    /** A worker's process was told to end, for instance by SIGTERM; the workers saved and left. */
    STOPPED,
    /** A worker died, hung or broke: another attempt may do better. */
    BROKEN
  }

  static AttemptFailure of(Exception e) {
    if (Cancellation.isReportedBy(e)) {
      return new AttemptFailure(Kind.CANCELLED, String.valueOf(e.getMessage()), e);
    }
    for (Throwable t = e; t != null; t = t.getCause()) {
      String text = String.valueOf(t.getMessage());
      if (t instanceof InvalidInputException) {
        return new AttemptFailure(Kind.WRONG_INPUT, text, e);
      }
      String sentence = thrown(InvalidInputException.class, text);
      if (sentence != null) {
        return new AttemptFailure(Kind.WRONG_INPUT, sentence, e);
      }
      sentence = thrown(DivergedException.class, text);
      if (sentence != null) {
        return new AttemptFailure(Kind.DIVERGED, sentence, e);
      }
      sentence = thrown(ReplicaMismatchException.class, text);
      if (sentence != null) {
        return new AttemptFailure(Kind.REPLICAS_DIFFER, sentence, e);
      }
    }
    String stopped = sentence(TrainingStoppedException.class, e);
    if (stopped != null) {
      return new AttemptFailure(Kind.STOPPED, stopped, e);
    }
    String lost = sentence(PeerLostException.class, e);
    if (lost != null) {
      return new AttemptFailure(Kind.BROKEN, lost, e);
    }
    Matcher last = LAST_REASON.matcher(String.valueOf(e.getMessage()));
    String reason = last.find() ? last.group(1) : String.valueOf(e.getMessage());
    return new AttemptFailure(Kind.BROKEN, reason.lines().findFirst().orElse("no reason") + ".", e);
  }

  /** What an exception of this type said, anywhere among the causes; null where there is none. */
  private static String sentence(Class<?> type, Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String sentence = thrown(type, String.valueOf(t.getMessage()));
      if (sentence != null) {
        return sentence;
      }
    }
    return null;
  }

  private static final Pattern LAST_REASON =
      Pattern.compile("(ExecutorLostFailure \\(.*|\\S+(?:Exception|Error): .*)");

  private static String thrown(Class<?> type, String text) {
    Matcher matcher = Pattern.compile(Pattern.quote(type.getName()) + ": (.*)").matcher(text);
    return matcher.find() ? matcher.group(1) : null;
  }

  boolean isFinal() {
    return kind != Kind.BROKEN && kind != Kind.STOPPED;
  }

  /** What the command ends with. */
  RuntimeException exception(int retries) {
    if (kind == Kind.WRONG_INPUT) {
      return new InvalidInputException(cause, "%s", reason);
    }
    return new FailedRunException(
        isFinal()
            ? reason
            : String.format(
                Locale.ROOT,
                "Training failed after %d retr%s: %s The same command resumes from the last"
                    + " checkpoint.",
                retries,
                retries == 1 ? "y" : "ies",
                reason),
        cause);
  }
}
