package org.smartbert.jobs.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What a user may have meant by an option or a command that is not there. */
final class Suggestions {
  /** Options of spark-submit, which stand before the command. */
  private static final Set<String> OF_SPARK_SUBMIT =
      Set.of(
          "--archives",
          "--conf",
          "--deploy-mode",
          "--driver-class-path",
          "--driver-cores",
          "--driver-java-options",
          "--driver-library-path",
          "--driver-memory",
          "--executor-cores",
          "--executor-memory",
          "--files",
          "--jars",
          "--keytab",
          "--master",
          "--name",
          "--num-executors",
          "--packages",
          "--principal",
          "--properties-file",
          "--proxy-user",
          "--py-files",
          "--queue",
          "--repositories",
          "--total-executor-cores");

  private Suggestions() {}

  /**
   * The end of the sentence that says what is wrong, such as "; did you mean --model?"; empty where
   * nothing is near.
   */
  static String of(CommandLine.ParameterException e) {
    if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return "";
    }
    String given = unmatched.getUnmatched().get(0).replaceFirst("=.*", "");
    CommandSpec command = e.getCommandLine().getCommandSpec();
    if (OF_SPARK_SUBMIT.contains(given)) {
      return "; it is an option of spark-submit and stands before the command: smartbert "
          + given
          + " ... "
          + command.name()
          + " ...";
    }
    return nearest(given, candidates(given, command))
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }

  private static Collection<String> candidates(String given, CommandSpec command) {
    if (!given.startsWith("-")) {
      return command.subcommands().keySet();
    }
    return command.options().stream()
        .filter(option -> !option.hidden())
        .map(OptionSpec::longestName)
        .toList();
  }

  /** The name with the fewest letters to change, if these are few. */
  static Optional<String> nearest(String given, Collection<String> names) {
    return names.stream()
        .sorted()
        .min(Comparator.comparingInt(name -> distance(given, name)))
        .filter(name -> distance(given, name) <= Math.max(1, given.replace("-", "").length() / 3));
  }

  /** From the name, or from its last words: --threshold is near --entropy-threshold. */
  private static int distance(String given, String name) {
    String wanted = given.replaceFirst("^-+", "");
    List<String> words = List.of(name.replaceFirst("^-+", "").split("-", -1));
    return Stream.iterate(0, from -> from < words.size(), from -> from + 1)
        .mapToInt(from -> edits(wanted, String.join("-", words.subList(from, words.size()))))
        .min()
        .orElse(Integer.MAX_VALUE);
  }

  /** Levenshtein's distance: letters to insert, to remove or to replace. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
