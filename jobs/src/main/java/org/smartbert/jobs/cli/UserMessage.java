package org.smartbert.jobs.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.smartbert.jobs.io.Causes;
import org.smartbert.jobs.io.UnreadableInput;
import org.smartbert.model.InvalidInputException;

/**
 * The message of a failure.
 *
 * @param sentence without class names
 * @param exitCode {@link UserErrors#FAILED} or {@link UserErrors#WRONG_INPUT}
 * @param expected false for a failure of which nothing is known, so that a stack trace may help
 */
record UserMessage(String sentence, int exitCode, boolean expected) {
  private static final int LONGEST = 1000;

  /** SQLSTATE classes of wrong statements and wrong data; others mean the run. */
  private static final Set<String> WRONG_INPUT_STATES = Set.of("0A", "21", "22", "42");

  /** Of programs rather than of circumstances: their messages say little without a stack trace. */
  private static final Set<String> INTERNAL =
      Set.of(
          "NullPointerException",
          "ClassCastException",
          "IndexOutOfBoundsException",
          "ArrayIndexOutOfBoundsException",
          "StringIndexOutOfBoundsException",
          "NoSuchElementException",
          "MatchError",
          "NoSuchMethodError",
          "NoClassDefFoundError",
          "AbstractMethodError",
          "IncompatibleClassChangeError",
          "AssertionError");

  UserMessage {
    sentence = sentence.length() > LONGEST ? sentence.substring(0, LONGEST) + "..." : sentence;
  }

  /** Whether the failure has a message of the project's own, rather than Spark's or Java's. */
  static boolean isOwn(Throwable failure) {
    return Causes.own(failure).isPresent();
  }

  static UserMessage of(Throwable failure) {
    Optional<RuntimeException> own = Causes.own(failure);
    if (own.isPresent()) {
      String sentence = Problem.line(String.valueOf(own.get().getMessage()));
      return own.get() instanceof InvalidInputException ? wrongInput(sentence) : failed(sentence);
    }
    for (Throwable e : Causes.of(failure)) {
      if (e instanceof AnalysisException) {
        return wrongInput(withoutCondition(e.getMessage()));
      }
    }
    List<Problem> problems = Problem.of(failure);
    return UnreadableInput.of(failure)
        .map(e -> wrongInput(Problem.line(e.getMessage())))
        .or(() -> KnownFailures.sentence(problems))
        .or(() -> condition(failure))
        .orElseGet(() -> unknown(problems));
  }

  static UserMessage wrongInput(String sentence) {
    return new UserMessage(sentence, UserErrors.WRONG_INPUT, true);
  }

  static UserMessage failed(String sentence) {
    return new UserMessage(sentence, UserErrors.FAILED, true);
  }

  /** The innermost of Spark's errors with a name and a text of their own. */
  private static Optional<UserMessage> condition(Throwable failure) {
    UserMessage message = null;
    for (Throwable e : Causes.of(failure)) {
      if (e instanceof SparkThrowable spark
          && spark.getCondition() != null
          && !spark.getCondition().startsWith("INTERNAL_ERROR")
          && spark.getSqlState() != null) {
        String state = spark.getSqlState().substring(0, 2).toUpperCase(Locale.ROOT);
        String text = withoutCondition(e.getMessage());
        message =
            WRONG_INPUT_STATES.contains(state)
                ? wrongInput(text)
                : failed("The run failed: " + text);
      }
    }
    return Optional.ofNullable(message);
  }

  /** A message of Spark's without the condition's name and the SQLSTATE. */
  private static String withoutCondition(String message) {
    return Problem.line(
            String.valueOf(message)
                .replaceFirst("^\\s*\\[[A-Z0-9_.]+]\\s*", "")
                .replaceAll("\\s*SQLSTATE: \\w+", ""))
        .strip();
  }

  private static UserMessage unknown(List<Problem> problems) {
    Problem root = problems.get(problems.size() - 1);
    String sentence =
        INTERNAL.contains(root.simpleType()) || root.message().isEmpty()
            ? "The run failed on an error in the program or in a library ("
                + root.simpleType()
                + (root.message().isEmpty() ? "" : ": " + root.message())
                + ")."
            : "The run failed: " + withoutCondition(root.message());
    return new UserMessage(sentence, UserErrors.FAILED, false);
  }
}
