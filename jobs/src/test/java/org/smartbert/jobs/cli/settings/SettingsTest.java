package org.smartbert.jobs.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.jobs.cli.Main;
import org.smartbert.model.InvalidInputException;
import org.smartbert.udfs.SessionModel;
import picocli.CommandLine;

class SettingsTest {
  @TempDir Path folder;
  private final CommandLine line = new CommandLine(new Main());
  private final SparkConf spark = new SparkConf(false);

  @Test
  void sparksConfigurationWinsOverTheFile() throws IOException {
    Path file = folder.resolve("settings.conf");
    Files.writeString(file, "score { entropy-threshold = 0.1, gates = off }");
    spark.set("spark.smartbert.score.entropy-threshold", "0.7");
    Settings settings = Settings.of(line, spark, file.toString());
    assertThat(value(settings, "--entropy-threshold")).isEqualTo("0.7");
    assertThat(value(settings, "--gates")).isEqualTo("off");
    assertThat(value(settings, "--prefix")).isNull();
  }

  @Test
  void unknownKeysAreRefusedAllAtOnce() throws IOException {
    Path file = folder.resolve("settings.conf");
    Files.writeString(file, "score.treshold = 0.1");
    spark.set("spark.smartbert.train.epochs", "3");
    assertThatThrownBy(() -> Settings.of(line, spark, file.toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "Unknown settings: score.treshold in %s, train.epochs in Spark's configuration"
                + " (spark.smartbert.train.epochs); known are: ",
            file);
  }

  /** A scheduler's spark-defaults.conf may hold the SQL functions' settings for all commands. */
  @Test
  void settingsOfTheSqlFunctionsAreTheSessions() {
    SessionModel.KEYS.forEach(key -> spark.set(key, "x"));
    assertThat(SessionModel.KEYS)
        .contains(
            "spark.smartbert.sql.entropy_threshold",
            "spark.smartbert.sql.device",
            "spark.smartbert.sql.max_tokens");
    assertThat(value(Settings.of(line, spark, null), "--gates")).isNull();
    spark.set("spark.smartbert.sql.max_token", "12");
    assertThatThrownBy(() -> Settings.of(line, spark, null))
        .hasMessageStartingWith("Unknown settings: sql.max_token in Spark's configuration");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> Settings.of(line, spark, "nowhere.conf"))
        .hasMessage("The settings file nowhere.conf does not exist.");
  }

  private String value(Settings settings, String option) {
    return settings.defaultValue(
        line.getSubcommands().get("score").getCommandSpec().findOption(option));
  }
}
