package org.smartbert.jobs.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.smartbert.udfs.ExecutorModels;
import org.smartbert.udfs.SessionModel;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * docs/configuration.md: every option of every command, and every other setting, as code has them.
 */
final class ConfigurationPage {
  /** Read by bin/smartbert and bin/environment. */
  static final Map<String, String> ENVIRONMENT =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  "SPARK_HOME",
                  "Spark distribution to run on (default: the one that Maven assembles)."),
              Map.entry(
                  "SPARK_CONF_DIR",
                  "Folder of spark-defaults.conf and log4j2.properties (default: conf/)."),
              Map.entry("JAVA_HOME", "JDK 17 to run on (default: the java on the PATH)."),
              Map.entry(
                  "TMPDIR",
                  "Folder for temporary files and native libraries; libraries must be allowed to"
                      + " run there (default: /tmp)."),
              Map.entry(
                  "DJL_CACHE_DIR",
                  "Folder that libtorch is unpacked into (default: in XDG_CACHE_HOME or HOME)."),
              Map.entry(
                  "OMP_NUM_THREADS", "Threads of libtorch outside Spark's tasks (default: 1)."),
              Map.entry(
                  "GLIBC_TUNABLES",
                  "glibc's tunables (default: glibc.malloc.hugetlb=1, huge pages where the kernel"
                      + " has them)."),
              Map.entry(
                  "MALLOC_ARENA_MAX",
                  "glibc's heaps (default: 1, because the others return what they held with every"
                      + " step)."),
              Map.entry(
                  "MALLOC_TRIM_THRESHOLD_",
                  "Free memory that glibc keeps, in bytes (default: 4294967296)."),
              Map.entry(
                  "MALLOC_MMAP_THRESHOLD_",
                  "Size from which glibc maps memory from the kernel, in bytes (default:"
                      + " 268435456; 33554432 before glibc 2.35)."),
              Map.entry(
                  "SMARTBERT_CACHE",
                  "Folder of downloaded backbones (default: smartbert in XDG_CACHE_HOME or"
                      + " ~/.cache)."),
              Map.entry(
                  "SPARK_LOCAL_IP",
                  "Address that Spark binds to (default: 127.0.0.1 with the assembled Spark"
                      + " home).")));

  private static final Map<String, String> SQL =
      Map.of(
          "model", "Model directory of `smartbert` and `smartbert_score`; required.",
          "entropy_threshold",
              "As `score --entropy-threshold` (default: that of a calibrated model, else 0.3).",
          "gates", "on or off (default: on).",
          "precision", "fp32, bf16 or int8 (default: fp32).",
          "device", "auto, cpu or gpu (default: auto).",
          "max_tokens",
              "As `score --max-tokens` (default: the smaller of 128 and the model's limit).");

  private ConfigurationPage() {}

  static String markdown() {
    CommandLine line = new CommandLine(new Main());
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration

            Generated from the code; CONTRIBUTING.md has the command. `smartbert COMMAND --help` prints the same.

            An option `--OPTION` of a command can also be set as `spark.smartbert.COMMAND.OPTION` in Spark's
            configuration (`--conf` before the command, or spark-defaults.conf), or as `COMMAND.OPTION` in a HOCON file
            that `--config` names. The command line takes precedence over Spark's configuration, then the file, then
            the default. Unknown keys are refused by name.

            """);
    table(page, "## All commands", global(line));
    line.getSubcommands().forEach((name, command) -> tables(page, name, command));
    page.append(
        "## SQL functions\n\nSettings of Spark's session, by SET or in Spark's configuration.\n\n");
    page.append("| setting | meaning |\n|---|---|\n");
    for (String key : SessionModel.KEYS) {
      row(page, key, SQL.get(key.substring(SessionModel.PREFIX.length())));
    }
    page.append(
        "\n## Executors\n\nIn Spark's configuration.\n\n| setting | meaning |\n|---|---|\n");
    row(
        page,
        ExecutorModels.MAX_MODELS,
        "Models that a JVM keeps when no task uses them (default: 8).");
    row(page, ExecutorModels.MAX_BYTES, "Native memory of their weights (default: 4g).");
    page.append(
        "\n## Environment\n\nRead by bin/smartbert.\n\n| variable | meaning |\n|---|---|\n");
    ENVIRONMENT.forEach((name, meaning) -> row(page, name, meaning));
    return page.toString();
  }

  private static List<OptionSpec> global(CommandLine line) {
    return line.getCommandSpec().options();
  }

  private static List<OptionSpec> options(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.inherited() && !option.usageHelp() && !option.versionHelp())
        .sorted(Comparator.comparingInt(OptionSpec::order))
        .toList();
  }

  /** A command's options, or those of its subcommands. */
  private static void tables(StringBuilder page, String name, CommandLine command) {
    if (!options(command).isEmpty()) {
      table(page, "## " + name, options(command));
    }
    command.getSubcommands().forEach((sub, at) -> tables(page, name + " " + sub, at));
  }

  private static void table(StringBuilder page, String title, List<OptionSpec> options) {
    page.append(title).append("\n\n| option | meaning |\n|---|---|\n");
    for (OptionSpec option : options) {
      String label = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
      row(page, option.longestName() + label, description(option));
    }
    page.append('\n');
  }

  private static String description(OptionSpec option) {
    String text = List.of(option.description()).stream().collect(Collectors.joining(" "));
    return text.replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))
        .replace("%n", " ")
        .replace("%%", "%");
  }

  private static void row(StringBuilder page, String name, String meaning) {
    page.append("| `")
        .append(name.replace("|", "\\|"))
        .append("` | ")
        .append(meaning.replace("|", "\\|").replace("<", "&lt;"))
        .append(" |\n");
  }
}
