package org.smartbert.bench.paper;

import java.io.PrintWriter;
import org.smartbert.model.InvalidInputException;

/** What went wrong in a campaign that went on, and the exit code that follows. */
final class Problems {
  static final int FAILED = 1;
  static final int WRONG_INPUT = 2;

  private final PrintWriter err;
  private int code;

  Problems(PrintWriter err) {
    this.err = err;
  }

  /** Reports a problem; a failed run weighs more than wrong input. */
  void add(String prefix, Exception problem) {
    boolean input = problem instanceof InvalidInputException;
    String message = problem.getMessage() == null ? problem.toString() : problem.getMessage();
    // Spark's messages have more lines, with traces of its executors.
    err.println("bench paper: " + prefix + message.lines().findFirst().orElse(""));
    code = input && code != FAILED ? WRONG_INPUT : FAILED;
  }

  /** 0 if there were none. */
  int code() {
    return code;
  }
}
