package org.smartbert.jobs.metastore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.derby.drda.NetworkServerControl;
import org.apache.spark.SparkConf;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.FailedRunException;

/** A warehouse's server, in a process of its own, and who may use it. */
class MetastoreTest {
  private static final String URL = "spark.hadoop.javax.jdo.option.ConnectionURL";
  private static final String USER = "spark.hadoop.javax.jdo.option.ConnectionUserName";
  private static final String PASSWORD = "spark.hadoop.javax.jdo.option.ConnectionPassword";

  @TempDir(cleanup = CleanupMode.NEVER)
  private Path warehouse;

  @Test
  void onlyThePasswordOpensACatalogAndAnOldOneKeepsItsTables() throws Exception {
    Path catalog = Files.createDirectories(warehouse.resolve("metastore")).resolve("catalog");
    Files.setPosixFilePermissions(
        catalog.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
    makeCatalogWithoutPassword(catalog);

    Map<String, String> settings = Metastore.settings(warehouse);

    String url = settings.get(URL);
    String password = settings.get(PASSWORD);
    try (Connection connection = DriverManager.getConnection(url, settings.get(USER), password);
        ResultSet rows = connection.createStatement().executeQuery("SELECT x FROM app.old")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(7);
    }
    assertThatThrownBy(() -> DriverManager.getConnection(url)).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> DriverManager.getConnection(url, "APP", "APP"))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> DriverManager.getConnection(url, "other", password))
        .isInstanceOf(SQLException.class);
    NetworkServerControl other = new NetworkServerControl(ServerSession.address(), derbyPort(url));
    assertThatThrownBy(other::shutdown).isInstanceOf(Exception.class);
    other.ping();

    Path folder = warehouse.resolve("metastore");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("server.properties"))))
        .isEqualTo("rw-------");
    assertStandsInNoOtherFile(password, folder);
    assertThat(commandLines()).doesNotContain(password);
    assertThat(Utils.redact(new SparkConf(false), scalaPairs(settings)).toString())
        .contains("ConnectionPassword")
        .doesNotContain(password);

    // The second session finds the server that there is.
    assertThat(Metastore.settings(warehouse)).isEqualTo(settings);
    new NetworkServerControl(ServerSession.address(), derbyPort(url), settings.get(USER), password)
        .shutdown();
  }

  @Test
  void aPortThatBelongsToAStrangerNowGetsNoPassword() throws Exception {
    Path folder = Files.createDirectories(warehouse.resolve("metastore"));
    try (ServerSocket other = new ServerSocket(0, 5, ServerSession.address())) {
      CompletableFuture<byte[]> heard = CompletableFuture.supplyAsync(() -> listen(other));
      ServerState stale =
          new ServerState(other.getLocalPort(), other.getLocalPort(), ServerState.newPassword());
      stale.write(folder);

      Map<String, String> settings = Metastore.settings(warehouse);

      assertThat(derbyPort(settings.get(URL))).isNotEqualTo(other.getLocalPort());
      assertThat(settings.get(PASSWORD)).isNotEqualTo(stale.password());
      assertThat(heard.get()).hasSize(ServerState.PROOF_BYTES);
      assertThat(new String(heard.get(), StandardCharsets.ISO_8859_1))
          .doesNotContain(stale.password());
      assertThat(stale.toString()).doesNotContain(stale.password());
    }
  }

  @Test
  void aServerThatDoesNotStartNamesItsLog() throws Exception {
    Path folder = Files.createDirectories(warehouse.resolve("metastore"));
    // The server writes its state into a new file of this name, which it cannot replace.
    Files.createDirectories(folder.resolve("server.properties.new/x"));
    assertThatThrownBy(() -> Metastore.settings(warehouse))
        .isInstanceOf(FailedRunException.class)
        .hasMessageContaining(folder.resolve("server.log").toString());
    assertThat(folder.resolve("server.log")).content().contains("server.properties.new");
  }

  /** In a process of its own: this JVM's Derby driver would stay in the folder. */
  private static void makeCatalogWithoutPassword(Path catalog) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dderby.stream.error.file=/dev/null",
                "-cp",
                System.getProperty("java.class.path"),
                OldCatalog.class.getName(),
                "jdbc:derby:" + catalog)
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }

  /** Makes a catalog as a server without authentication did. */
  static final class OldCatalog {
    private OldCatalog() {}

    public static void main(String[] arguments) throws SQLException {
      try (Connection connection = DriverManager.getConnection(arguments[0] + ";create=true")) {
        connection.createStatement().execute("CREATE TABLE old (x INT)");
        connection.createStatement().execute("INSERT INTO old VALUES 7");
      }
    }
  }

  private static byte[] listen(ServerSocket other) {
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    try (Socket caller = other.accept()) {
      InputStream in = caller.getInputStream();
      heard.write(in.readNBytes(ServerState.PROOF_BYTES));
      // As many bytes as a proof has.
      caller.getOutputStream().write(new byte[ServerState.PROOF_BYTES]);
      in.transferTo(heard);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return heard.toByteArray();
  }

  private static int derbyPort(String url) {
    return Integer.parseInt(
        Pattern.compile(":(\\d+)/").matcher(url).results().findFirst().orElseThrow().group(1));
  }

  private static void assertStandsInNoOtherFile(String password, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (!file.getFileName().toString().equals("server.properties")) {
          assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
              .as("%s", file)
              .doesNotContain(password);
        }
      }
    }
  }

  private static String commandLines() {
    StringBuilder all = new StringBuilder();
    ProcessHandle.allProcesses()
        .forEach(
            process -> {
              try {
                all.append(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")));
              } catch (IOException e) {
                // It ended meanwhile.
              }
            });
    return all.toString();
  }

  private static scala.collection.immutable.Seq<scala.Tuple2<String, String>> scalaPairs(
      Map<String, String> settings) {
    return scala.jdk.javaapi.CollectionConverters.asScala(
            settings.entrySet().stream()
                .map(entry -> new scala.Tuple2<>(entry.getKey(), entry.getValue()))
                .toList())
        .toSeq();
  }
}
