package org.smartbert.jobs.cli.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.SparkConf;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.ExecutorModels;
import org.smartbert.udfs.SessionModel;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Settings below the command line: {@code spark.smartbert.COMMAND.OPTION} in Spark's configuration,
 * then {@code COMMAND.OPTION} in a HOCON file. Keys that no command has are refused, all at once.
 */
public final class Settings implements IDefaultValueProvider {
  private static final String SPARK_PREFIX = "spark.smartbert.";
  private static final Set<String> OTHERS =
      Set.of(ExecutorModels.MAX_MODELS, ExecutorModels.MAX_BYTES, Backbones.DRIVER_JARS);

  private final Map<String, String> values;

  private Settings(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads the settings that {@code line}'s commands may have.
   *
   * @param file a HOCON file, or null
   */
  public static Settings of(CommandLine line, SparkConf spark, String file) {
    Set<String> known = known(line);
    Map<String, String> values = new TreeMap<>();
    List<String> unknown = new ArrayList<>();
    if (file != null) {
      fromFile(file).forEach((key, value) -> put(values, unknown, known, key, value, file));
    }
    for (scala.Tuple2<String, String> pair : spark.getAll()) {
      if (pair._1().startsWith(SPARK_PREFIX)) {
        String key = pair._1().substring(SPARK_PREFIX.length());
        if (SessionModel.KEYS.contains(pair._1()) || OTHERS.contains(pair._1())) {
          // The SQL functions read it from the session, others from Spark's configuration.
          continue;
        }
        put(values, unknown, known, key, pair._2(), "Spark's configuration (" + pair._1() + ")");
      }
    }
    ExecutorModels.limits(spark);
    if (!unknown.isEmpty()) {
      throw new InvalidInputException(
          "Unknown settings: %s; known are: %s.",
          String.join(", ", unknown), String.join(", ", known));
    }
    return new Settings(values);
  }

  private static void put(
      Map<String, String> values,
      List<String> unknown,
      Set<String> known,
      String key,
      String value,
      String where) {
    if (known.contains(key)) {
      values.put(key, value);
    } else {
      unknown.add(key + " in " + where);
    }
  }

  private static Map<String, String> fromFile(String file) {
    if (!new File(file).isFile()) {
      throw new InvalidInputException("The settings file %s does not exist.", file);
    }
    try {
      Config config = ConfigFactory.parseFile(new File(file)).resolve();
      Map<String, String> values = new TreeMap<>();
      for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
        values.put(entry.getKey(), String.valueOf(entry.getValue().unwrapped()));
      }
      return values;
    } catch (ConfigException e) {
      throw new InvalidInputException(
          e, "The settings file %s is not HOCON: %s", file, e.getMessage());
    }
  }

  private static Set<String> known(CommandLine line) {
    Set<String> known = new TreeSet<>();
    for (CommandLine command : line.getSubcommands().values()) {
      command.getCommandSpec().options().stream()
          .filter(option -> !option.inherited())
          .forEach(option -> known.add(key(option)));
      known.addAll(known(command));
    }
    return known;
  }

  /** {@code COMMAND.OPTION}, or {@code COMMAND.SUBCOMMAND.OPTION}. */
  private static String key(OptionSpec option) {
    String key = option.longestName().replaceFirst("^--", "");
    for (CommandSpec at = option.command(); at.parent() != null; at = at.parent()) {
      key = at.name() + "." + key;
    }
    return key;
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (argument instanceof OptionSpec option) {
      return values.get(key(option));
    }
    return null;
  }
}
