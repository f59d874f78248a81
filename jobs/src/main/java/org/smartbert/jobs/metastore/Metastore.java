package org.smartbert.jobs.metastore;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.derby.drda.NetworkServerControl;
import org.smartbert.model.InvalidInputException;

/**
 * The catalog of a warehouse folder: tables and views by name that outlive a session, for several
 * sessions at once. Hive's metastore lies in the folder {@code metastore}, served by {@link
 * MetastoreServer}, which the first session starts.
 */
public final class Metastore {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Held until this JVM ends, and so keeps the server up. */
  @SuppressWarnings("UnusedVariable")
  private static Socket presence;

  private Metastore() {}

  /**
   * The Spark settings of a session with a warehouse's catalog; starts its server if none runs.
   *
   * @throws InvalidInputException if the folder cannot be written
   */
  public static synchronized Map<String, String> settings(Path warehouse) {
    Path folder = warehouse.toAbsolutePath().normalize().resolve("metastore");
    try {
      Files.createDirectories(folder);
      int derby = enter(folder);
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("spark.sql.catalogImplementation", "hive");
      settings.put("spark.sql.sources.default", "delta");
      settings.put("spark.sql.warehouse.dir", folder.resolveSibling("tables").toUri().toString());
      settings.put(
          "spark.hadoop.javax.jdo.option.ConnectionURL",
          "jdbc:derby://localhost:" + derby + "/catalog;create=true");
      settings.put(
          "spark.hadoop.javax.jdo.option.ConnectionDriverName",
          "org.apache.derby.client.ClientAutoloadedDriver");
      settings.put("spark.hadoop.datanucleus.schema.autoCreateAll", "true");
      settings.put("spark.hadoop.hive.metastore.schema.verification", "false");
      return settings;
    } catch (IOException e) {
      throw new InvalidInputException(
          e,
          "The warehouse %s cannot be used (%s); give --warehouse a folder that you may write.",
          warehouse,
          e);
    }
  }

  /** Stands in the door of the server; returns Derby's port. */
  private static int enter(Path folder) throws IOException {
    try (FileChannel channel = MetastoreServer.lock(folder)) {
      // Of two sessions that begin at once, one starts the server. Closing the channel unlocks.
      channel.lock();
      Optional<Integer> running = knock(folder);
      if (running.isPresent()) {
        return running.get();
      }
      Process server = start(folder);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < end && server.isAlive()) {
        running = knock(folder);
        if (running.isPresent()) {
          return running.get();
        }
        Thread.sleep(100);
      }
      throw new IOException("its metastore did not start; see " + folder.resolve("server.log"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Optional<Integer> knock(Path folder) throws IOException {
    Path state = folder.resolve(MetastoreServer.STATE);
    if (!Files.exists(state)) {
      return Optional.empty();
    }
    Properties ports = new Properties();
    try (var in = Files.newBufferedReader(state)) {
      ports.load(in);
      presence =
          new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(ports.getProperty("door")));
      return Optional.of(Integer.valueOf(ports.getProperty("derby")));
    } catch (java.net.ConnectException | java.nio.file.NoSuchFileException e) {
      // The server of that file was killed.
      return Optional.empty();
    }
  }

  /** A process that outlives this one, and that Ctrl-C in this terminal does not reach. */
  private static Process start(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(MetastoreServer.STATE));
    File log = folder.resolve("server.log").toFile();
    return new ProcessBuilder(
            "sh",
            "-c",
            "trap '' INT HUP; exec \"$@\"",
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-Dderby.stream.error.file=" + folder.resolve("derby.log"),
            "-cp",
            classPath(),
            MetastoreServer.class.getName(),
            folder.toString())
        .redirectErrorStream(true)
        .redirectOutput(log)
        .start();
  }

  private static String classPath() {
    Set<String> places = new LinkedHashSet<>();
    places.add(placeOf(MetastoreServer.class));
    Path net = Path.of(placeOf(NetworkServerControl.class));
    places.add(net.toString());
    // Derby is several jars, which lie together in a Spark home, and apart in a Maven repository.
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (Path.of(part).getFileName() != null
          && Path.of(part).getFileName().toString().startsWith("derby")) {
        places.add(part);
      }
    }
    places.add(net.resolveSibling("*").toString());
    return String.join(File.pathSeparator, List.copyOf(places));
  }

  private static String placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (java.net.URISyntaxException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
