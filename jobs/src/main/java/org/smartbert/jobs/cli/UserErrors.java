package org.smartbert.jobs.cli;

import java.io.PrintWriter;
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
            + Problem.line(String.valueOf(e.getMessage()))
            + Suggestions.of(e)
            + " (see "
            + e.getCommandLine().getCommandSpec().qualifiedName(" ")
            + " --help)");
    return WRONG_INPUT;
  }

  /** A command that ended with an exception or an error of the JVM. */
  static int report(Throwable e, CommandLine at, boolean debug) {
    if (debug) {
      e.printStackTrace(at.getErr());
    }
    UserMessage message = UserMessage.of(e);
    if (Termination.requested() && !UserMessage.isOwn(e)) {
      at.getErr().println("smartbert: The command was stopped before it finished.");
      return FAILED;
    }
    String more = message.expected() ? "" : " (--debug prints the stack trace)";
    at.getErr().println("smartbert: " + message.sentence() + more);
    return message.exitCode();
  }

  /** What went wrong, for people. */
  static String sentence(Exception e) {
    return UserMessage.of(e).sentence();
  }
}
