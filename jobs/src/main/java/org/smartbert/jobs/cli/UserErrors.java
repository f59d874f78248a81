package org.smartbert.jobs.cli;

import java.io.PrintWriter;
import org.apache.spark.sql.AnalysisException;
import org.smartbert.jobs.io.UnreadableInput;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;
import picocli.CommandLine;

/** What a user sees when something is wrong: one sentence, and an exit code. */
final class UserErrors {
  static final int FAILED = 1;
  static final int WRONG_INPUT = 2;

  private UserErrors() {}

  /** Wrong usage of the command line. */
  static int report(CommandLine.ParameterException e, PrintWriter err) {
    err.println(
        "smartbert: "
            + firstLine(e.getMessage())
            + " (see "
            + e.getCommandLine().getCommandSpec().qualifiedName(" ")
            + " --help)");
    return WRONG_INPUT;
  }

  /** A command that ended with an exception. */
  static int report(Exception e, CommandLine at, boolean debug) {
    if (debug) {
      e.printStackTrace(at.getErr());
    }
    Throwable told = told(e);
    if (told == null && Termination.requested()) {
      at.getErr().println("smartbert: The command was stopped before it was done.");
      return FAILED;
    }
    String more = told == null ? " (--debug prints the stack trace)" : "";
    at.getErr().println("smartbert: " + sentence(e) + more);
    return told == null || told instanceof FailedRunException ? FAILED : WRONG_INPUT;
  }

  /** What went wrong, for people. */
  static String sentence(Exception e) {
    Throwable told = told(e);
    return told == null
        ? "The run failed: " + firstLine(rootCause(e).toString())
        : firstLine(told.getMessage());
  }

  /** The first cause that was written for people, or null. */
  private static Throwable told(Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof InvalidInputException
          || t instanceof FailedRunException
          || t instanceof AnalysisException) {
        return t;
      }
    }
    return UnreadableInput.of(e).orElse(null);
  }

  private static Throwable rootCause(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String firstLine(String message) {
    return String.valueOf(message)
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse("no message");
  }
}
