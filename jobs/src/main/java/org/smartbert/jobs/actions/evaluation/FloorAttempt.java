package org.smartbert.jobs.actions.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.smartbert.jobs.actions.run.Cancellation;
import org.smartbert.jobs.io.Causes;
import org.smartbert.model.FailedRunException;

/**
 * A word count that is fitted when the command's own work is done: what goes wrong with it is told
 * and ends nothing, unless the command itself is to end.
 *
 * @param floor empty where there is none
 * @param note a sentence for the user where there is none though it is wanted
 */
public record FloorAttempt(Optional<WordCountFloor> floor, Optional<String> note) {
  /** Where no word count is wanted. */
  public static final FloorAttempt NONE = new FloorAttempt(Optional.empty(), Optional.empty());

  /**
   * Fits.
   *
   * @param done what is complete whatever happens, for example "The model m is complete"
   * @throws FailedRunException if the command is cancelled meanwhile
   */
  public static FloorAttempt of(String done, Supplier<WordCountFloor> fit) {
    try {
      return new FloorAttempt(Optional.of(fit.get()), Optional.empty());
    } catch (Exception | LinkageError e) {
      // Of Spark's exceptions some are checked, and come undeclared out of Scala. A Spark without
      // MLlib is a linkage error.
      if (Cancellation.led(e)) {
        throw new FailedRunException(
            done + ", and the command was stopped while it fitted a word count.", e);
      }
      return new FloorAttempt(
          Optional.empty(),
          Optional.of(
              "Warning: the word count (--floor) could not be fitted: "
                  + reason(e)
                  + ". "
                  + done
                  + "; --floor off leaves the word count out."));
    }
  }

  private static String reason(Throwable failure) {
    List<Throwable> causes = Causes.of(failure);
    Throwable root = causes.get(causes.size() - 1);
    String text =
        Causes.own(failure)
            .map(Throwable::getMessage)
            .orElseGet(() -> root.getClass().getSimpleName() + ": " + root.getMessage());
    return text.lines().findFirst().orElse("no reason").replaceFirst("\\.$", "");
  }
}
