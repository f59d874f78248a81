package org.smartbert.jobs.io;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/** What led to a failure: Spark wraps what tasks, threads and functions throw, several times. */
public final class Causes {
  /** The project's exceptions in the text by which Spark reports what a task threw elsewhere. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(%s|%s): (.*?)(?:\\s*SQLSTATE: \\w+)?$"
              .formatted(
                  Pattern.quote(InvalidInputException.class.getName()),
                  Pattern.quote(FailedRunException.class.getName())),
          Pattern.MULTILINE);

  private Causes() {}

  /** The failure and its causes, from the outermost to the root cause. */
  public static List<Throwable> of(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable e = failure; e != null && seen.add(e); e = e.getCause()) {
      causes.add(e);
    }
    return causes;
  }

  /**
   * The project's own exception among them, whose message is the sentence for the user: {@link
   * InvalidInputException} or {@link FailedRunException}, the outermost if there are several, made
   * anew where Spark kept its text alone.
   */
  public static Optional<RuntimeException> own(Throwable failure) {
    List<Throwable> causes = of(failure);
    for (Throwable e : causes) {
      if (e instanceof InvalidInputException || e instanceof FailedRunException) {
        return Optional.of((RuntimeException) e);
      }
    }
    for (Throwable e : causes) {
      Matcher named = NAMED.matcher(String.valueOf(e.getMessage()));
      if (named.find()) {
        return Optional.of(
            named.group(1).equals(InvalidInputException.class.getName())
                ? new InvalidInputException(failure, "%s", named.group(2))
                : new FailedRunException(named.group(2), failure));
      }
    }
    return Optional.empty();
  }
}
