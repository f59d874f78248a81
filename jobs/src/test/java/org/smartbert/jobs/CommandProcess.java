package org.smartbert.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.smartbert.jobs.cli.Main;

/**
 * A command in a process of its own: the driver that spark-submit starts in client mode, with this
 * JVM's classes and the project's log configuration.
 */
public final class CommandProcess {
  private static final int MINUTES = 5;

  private final Path folder;
  private final Process process;

  private CommandProcess(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  /**
   * Starts a command.
   *
   * @param folder working directory, where a crash would leave its report
   * @param spark settings, such as spark.master
   */
  public static CommandProcess start(Path folder, Map<String, String> spark, String... arguments) {
    return start(folder, spark, Map.of(), arguments);
  }

  /**
   * The same with another environment.
   *
   * @param environment on top of this process's
   */
  public static CommandProcess start(
      Path folder,
      Map<String, String> spark,
      Map<String, String> environment,
      String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    // Spark needs the same packages opened as here.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    spark.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(
        List.of(
            "-Xmx1g",
            // A process that lives for seconds pays more for the second compiler than it gets.
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=240m",
            "-Dspark.ui.enabled=false",
            "-Dspark.sql.shuffle.partitions=2",
            "-Dspark.databricks.delta.snapshotPartitions=2",
            "-Dai.djl.offline=true",
            "-Dai.djl.pytorch.num_threads=1",
            "-Dai.djl.pytorch.num_interop_threads=1",
            "-Dlog4j2.configurationFile="
                + Path.of("../conf/log4j2.properties").toAbsolutePath().normalize().toUri(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(arguments));
    try {
      Files.createDirectories(folder);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectOutput(folder.resolve("out.txt").toFile())
              .redirectError(folder.resolve("err.txt").toFile());
      builder.environment().putAll(environment);
      return new CommandProcess(folder, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * Another signal.
   *
   * @param name such as INT
   */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Waits for a time; returns whether it ended by itself. */
  public boolean endsWithin(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Waits for the end; returns the exit code. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("The command did not end; see " + folder);
    }
    return process.exitValue();
  }

  /** What it wrote to standard error, which ends with the process. */
  public String err() {
    return read("err.txt");
  }

  public String out() {
    return read("out.txt");
  }

  /** Reports of crashes in the working directory. */
  public List<Path> crashes() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith("hs_err")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
