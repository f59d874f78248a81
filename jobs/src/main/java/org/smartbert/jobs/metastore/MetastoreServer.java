package org.smartbert.jobs.metastore;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.derby.drda.NetworkServerControl;

/**
 * A Derby that serves one warehouse's metastore to all sessions of its user, in a process of its
 * own. Each session holds a connection to the session port while it lives; {@link #IDLE_TIMEOUT}
 * after the last one ended the server ends. Derby listens on the loopback and takes SQL and the
 * shutdown command only with the password of {@link ServerState}. Argument: the metastore's folder.
 */
public final class MetastoreServer {
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

  private final Path folder;
  private final ServerState state;
  private final NetworkServerControl derby;
  private final ServerSocket sessionSocket;
  private final AtomicInteger sessions = new AtomicInteger();

  private MetastoreServer(
      Path folder, ServerState state, NetworkServerControl derby, ServerSocket sessionSocket) {
    this.folder = folder;
    this.state = state;
    this.derby = derby;
    this.sessionSocket = sessionSocket;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    try (ServerSocket sessionSocket = ServerSession.listen()) {
      ServerState state =
          new ServerState(freePort(), sessionSocket.getLocalPort(), ServerState.newPassword());
      authenticate(folder, state.password());
      NetworkServerControl derby =
          new NetworkServerControl(
              ServerSession.address(), state.derbyPort(), ServerState.USER, state.password());
      derby.start(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
      awaitStart(derby);
      state.write(folder);
      new MetastoreServer(folder, state, derby, sessionSocket).serve();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, ServerSession.address())) {
      return free.getLocalPort();
    }
  }

  /**
   * Properties of this process and not of the database, so that catalogs made without a password
   * need no change.
   */
  private static void authenticate(Path folder, String password) {
    System.setProperty("derby.system.home", folder.toString());
    System.setProperty("derby.connection.requireAuthentication", "true");
    System.setProperty("derby.authentication.provider", "BUILTIN");
    System.setProperty("derby.user." + ServerState.USER, password);
    System.setProperty("derby.database.defaultConnectionMode", "noAccess");
    System.setProperty("derby.database.fullAccessUsers", ServerState.USER);
  }

  private static void awaitStart(NetworkServerControl derby) throws Exception {
    for (int i = 0; ; i++) {
      try {
        derby.ping();
        break;
      } catch (Exception e) {
        if (i == 100) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
    // Another process may have taken the port since it was found free, and may answer like a Derby:
    // sessions would send it the password.
    if (Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().startsWith("NetworkServerThread"))) {
      throw new IOException("Derby does not listen on its port");
    }
  }

  /** Returns when there has been no session for a while, and Derby is down. */
  private void serve() throws Exception {
    while (true) {
      if (accept(IDLE_TIMEOUT) || sessions.get() > 0) {
        continue;
      }
      try (FileChannel lock = lock(folder)) {
        // A session holds this lock until it is connected: now none is connecting, but one that
        // waits to be accepted.
        if (lock.tryLock() != null && !accept(Duration.ofMillis(1))) {
          ServerState.delete(folder);
          derby.shutdown();
          return;
        }
      }
    }
  }

  /** The lock under which a session looks for a server or starts one. */
  static FileChannel lock(Path folder) throws IOException {
    return FileChannel.open(
        folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private boolean accept(Duration timeout) throws IOException {
    sessionSocket.setSoTimeout((int) timeout.toMillis());
    try {
      Socket session = sessionSocket.accept();
      sessions.incrementAndGet();
      Thread thread = new Thread(() -> serve(session), "session");
      thread.setDaemon(true);
      thread.start();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private void serve(Socket session) {
    try (session) {
      ServerSession.serve(session, state);
    } catch (IOException e) {
      // A killed session resets its connection: it has ended as well.
    } finally {
      sessions.decrementAndGet();
    }
  }
}
