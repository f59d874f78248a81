package org.smartbert.jobs.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.smartbert.jobs.io.Causes;

/**
 * One exception of those that led to a failure: thrown here, or named in the text by which Spark
 * reports a task's failure elsewhere.
 *
 * @param type its class's full name
 * @param message its message's first line, empty for none
 */
record Problem(String type, String message) {
  /** A class name, and the rest of its line. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?<![\\w.$])((?:[a-z][\\w$]*\\.)+[A-Z][\\w$]*(?:Exception|Error|Failure))(?:: (.*)|$)",
          Pattern.MULTILINE);

  /** From the outermost to the root cause. */
  static List<Problem> of(Throwable failure) {
    List<Problem> problems = new ArrayList<>();
    for (Throwable e : Causes.of(failure)) {
      String message = String.valueOf(e.getMessage());
      // An exception that only carries another repeats its class and message.
      boolean repeats = e.getCause() != null && message.equals(e.getCause().toString());
      if (!repeats) {
        problems.add(
            new Problem(e.getClass().getName(), e.getMessage() == null ? "" : line(message)));
      }
      Matcher named = NAMED.matcher(message);
      while (named.find()) {
        String rest = named.group(2);
        problems.add(new Problem(named.group(1), rest == null ? "" : rest.strip()));
      }
    }
    return problems;
  }

  /** The first line that is not blank. */
  static String line(String message) {
    return message.lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("");
  }

  String simpleType() {
    return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
  }

  boolean is(String... simpleTypes) {
    return List.of(simpleTypes).contains(simpleType());
  }

  boolean says(String... parts) {
    for (String part : parts) {
      if (message.contains(part)) {
        return true;
      }
    }
    return false;
  }
}
