package org.smartbert.jobs;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * A standalone Spark cluster whose master, workers and executors are processes of their own,
 * started by the project's script from the assembled Spark home. The driver is this JVM.
 */
public final class StandaloneCluster implements AutoCloseable {
  private final Path folder;
  private final SparkSession spark;

  private StandaloneCluster(Path folder, SparkSession spark) {
    this.folder = folder;
    this.spark = spark;
  }

  /** Workers of one core each. */
  public static StandaloneCluster start(Path folder, int workers) {
    return start(folder, workers, 1, "", Map.of());
  }

  /**
   * Workers with an executor each.
   *
   * @param properties of the workers, as in a properties file
   * @param settings of the session
   */
  public static StandaloneCluster start(
      Path folder, int workers, int cores, String properties, Map<String, Object> settings) {
    // The session of other tests of this JVM must not be taken for ours.
    Option<SparkSession> other = SparkSession.getDefaultSession();
    if (other.isDefined()) {
      other.get().stop();
    }
    write(folder.resolve("worker.properties"), properties);
    String url =
        script(
            folder,
            freePort(),
            "start",
            Integer.toString(workers),
            Integer.toString(cores),
            "1200m");
    SparkSession spark =
        SparkSession.builder()
            .master(url)
            .appName("standalone cluster")
            .config("spark.ui.enabled", false)
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.executor.memory", "1g")
            .config("spark.executor.cores", cores)
            .config(
                "spark.executor.extraJavaOptions",
                "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -Dai.djl.offline=true"
                    + " -Dai.djl.pytorch.num_threads=1")
            .config("spark.executor.heartbeatInterval", "1s")
            .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            .config(
                "spark.sql.extensions",
                "io.delta.sql.DeltaSparkSessionExtension,org.smartbert.udfs.SmartBertExtensions")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.databricks.delta.snapshotPartitions", 2)
            .config(settings)
            .getOrCreate();
    return new StandaloneCluster(folder, spark);
  }

  public SparkSession spark() {
    return spark;
  }

  /** The executor processes of this cluster: the children of its workers. */
  public List<ProcessHandle> executors() {
    return workers().stream()
        .flatMap(pid -> ProcessHandle.of(pid).stream().flatMap(ProcessHandle::children))
        // The launcher's shell leaves a child behind that has ended and has no command.
        .filter(process -> process.info().command().filter(c -> c.endsWith("java")).isPresent())
        .toList();
  }

  private List<Long> workers() {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("worker-\\d+\\.pid"))
          .map(
              file -> {
                try {
                  return Long.parseLong(Files.readString(file).strip());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Suspends a process; it stays alive and does not respond. */
  public static void suspend(ProcessHandle process) {
    try {
      int code =
          new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -STOP ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> left = executors();
    spark.stop();
    script(folder, 0, "stop");
    left.forEach(ProcessHandle::destroyForcibly);
  }

  private static String script(Path folder, int port, String... arguments) {
    Path home = Path.of(System.getProperty("smartbert.spark.home"));
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/cluster").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLUSTER_DIR", folder.toString());
    builder.environment().put("MASTER_PORT", Integer.toString(port));
    builder.environment().put("SPARK_DAEMON_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    builder.environment().put("WORKER_PROPERTIES", folder + "/worker.properties");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    File out = folder.resolve("script.out").toFile();
    try {
      builder.redirectOutput(out);
      Process process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(command + " failed; see " + folder);
      }
      return Files.readString(out.toPath(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
