package org.smartbert.jobs.metastore;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.derby.drda.NetworkServerControl;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;

/**
 * The catalog of a warehouse folder: tables and views by name that outlive a session, for several
 * sessions of one user at once. Hive's metastore is in the folder {@code metastore}, served by
 * {@link MetastoreServer}, which the first session starts.
 */
public final class Metastore {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  /** Open until this JVM ends, and so keeps the server up. */
  @SuppressWarnings("UnusedVariable")
  private static ServerSession session;

  private Metastore() {}

  /**
   * The Spark settings of a session with a warehouse's catalog; starts its server if none runs.
   * They hold the catalog's password under a name that Spark's redaction covers.
   *
   * @throws InvalidInputException if the folder cannot be written
   * @throws FailedRunException if the server does not start
   */
  public static synchronized Map<String, String> settings(Path warehouse) {
    Path folder = warehouse.toAbsolutePath().normalize().resolve("metastore");
    try {
      makePrivate(folder);
      session = connect(folder);
    } catch (IOException e) {
      throw new InvalidInputException(
          e,
          "The catalog of the warehouse %s cannot be used (%s); give --warehouse a folder of your"
              + " own.",
          warehouse,
          reason(e));
    }
    ServerState server = session.server();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.sql.catalogImplementation", "hive");
    settings.put("spark.sql.sources.default", "delta");
    settings.put("spark.sql.warehouse.dir", folder.resolveSibling("tables").toUri().toString());
    settings.put(
        "spark.hadoop.javax.jdo.option.ConnectionURL",
        "jdbc:derby://127.0.0.1:" + server.derbyPort() + "/catalog;create=true");
    settings.put(
        "spark.hadoop.javax.jdo.option.ConnectionDriverName",
        "org.apache.derby.client.ClientAutoloadedDriver");
    settings.put("spark.hadoop.javax.jdo.option.ConnectionUserName", ServerState.USER);
    settings.put("spark.hadoop.javax.jdo.option.ConnectionPassword", server.password());
    settings.put("spark.hadoop.datanucleus.schema.autoCreateAll", "true");
    settings.put("spark.hadoop.hive.metastore.schema.verification", "false");
    return settings;
  }

  /** The folder's files name the password, or let a reader guess tables: its owner's alone. */
  private static void makePrivate(Path folder) throws IOException {
    Files.createDirectories(folder.getParent());
    var owner = PosixFilePermissions.fromString("rwx------");
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(owner));
    }
    if (!Files.getPosixFilePermissions(folder).equals(owner)) {
      Files.setPosixFilePermissions(folder, owner);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return "no access to " + denied.getFile();
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getFile() + ": " + file.getReason();
    }
    return String.valueOf(e.getMessage());
  }

  /** Connects to the folder's server, which is started if there is none. */
  private static ServerSession connect(Path folder) throws IOException {
    try (FileChannel channel = MetastoreServer.lock(folder)) {
      // Of two sessions that begin at once, one starts the server. Closing the channel unlocks.
      channel.lock();
      Optional<ServerSession> running = connectToRunning(folder);
      if (running.isPresent()) {
        return running.get();
      }
      Process server = start(folder);
      long end = System.nanoTime() + START_TIMEOUT.toNanos();
      while (System.nanoTime() < end && server.isAlive()) {
        running = connectToRunning(folder);
        if (running.isPresent()) {
          return running.get();
        }
        Thread.sleep(100);
      }
      throw new FailedRunException(
          "The server of the catalog in "
              + folder
              + (server.isAlive()
                  ? " did not start within " + START_TIMEOUT.toSeconds() + " s"
                  : " ended with exit code " + server.exitValue())
              + "; its log "
              + log(folder)
              + " says why.",
          null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Optional<ServerSession> connectToRunning(Path folder) throws IOException {
    Optional<ServerState> state = ServerState.read(folder);
    return state.isPresent() ? ServerSession.connect(state.get()) : Optional.empty();
  }

  private static Path log(Path folder) {
    return folder.resolve("server.log");
  }

  /** A process that outlives this one, and that Ctrl-C in this terminal does not reach. */
  private static Process start(Path folder) throws IOException {
    ServerState.delete(folder);
    return new ProcessBuilder(
            "sh",
            "-c",
            "umask 077; trap '' INT HUP; exec \"$@\"",
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            // It answers a few look-ups: the second compiler would only take the session's cores.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dfile.encoding=UTF-8",
            "-Dderby.stream.error.file=" + folder.resolve("derby.log"),
            "-cp",
            classPath(),
            MetastoreServer.class.getName(),
            folder.toString())
        .redirectErrorStream(true)
        .redirectOutput(log(folder).toFile())
        .start();
  }

  private static String classPath() {
    Set<String> places = new LinkedHashSet<>();
    places.add(placeOf(MetastoreServer.class));
    Path net = Path.of(placeOf(NetworkServerControl.class));
    places.add(net.toString());
    // Derby is several jars, which are in one folder of a Spark home, and in several of a Maven
    // repository.
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
