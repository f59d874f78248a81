package org.smartbert.jobs.metastore;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.derby.drda.NetworkServerControl;

/**
 * A Derby that serves one warehouse's metastore to all sessions of this machine, in a process of
 * its own. Each session holds a connection to its door while it lives; a minute after the last one
 * went the server ends. Argument: the metastore's folder.
 */
public final class MetastoreServer {
  /** Ports of a server that runs: {@code derby} and {@code door}. */
  static final String STATE = "server.properties";

  private static final int LONELY_MILLIS = 60_000;

  private MetastoreServer() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    InetAddress here = InetAddress.getLoopbackAddress();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, here)) {
      port = free.getLocalPort();
    }
    System.setProperty("derby.system.home", folder.toString());
    NetworkServerControl derby = new NetworkServerControl(here, port);
    derby.start(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    waitFor(derby);
    int backlog = 50;
    try (ServerSocket door = new ServerSocket(0, backlog, here)) {
      announce(folder, port, door.getLocalPort());
      keepOpen(door, folder, derby);
    }
  }

  private static void waitFor(NetworkServerControl derby) throws Exception {
    for (int i = 0; ; i++) {
      try {
        derby.ping();
        return;
      } catch (Exception e) {
        if (i == 100) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  private static void announce(Path folder, int port, int door) throws IOException {
    Properties state = new Properties();
    state.setProperty("derby", Integer.toString(port));
    state.setProperty("door", Integer.toString(door));
    Path temporary = folder.resolve(STATE + ".new");
    try (var out = Files.newBufferedWriter(temporary)) {
      state.store(out, null);
    }
    Files.move(temporary, folder.resolve(STATE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Returns when nobody has been inside for a while, and Derby is down. */
  private static void keepOpen(ServerSocket door, Path folder, NetworkServerControl derby)
      throws Exception {
    AtomicInteger inside = new AtomicInteger();
    while (true) {
      if (letIn(door, inside, LONELY_MILLIS) || inside.get() > 0) {
        continue;
      }
      try (FileChannel lock = lock(folder)) {
        // Whoever comes holds this lock until he stands in the door: now nobody can be on his way
        // but one who waits before it.
        if (lock.tryLock() != null && !letIn(door, inside, 1)) {
          Files.deleteIfExists(folder.resolve(STATE));
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

  private static boolean letIn(ServerSocket door, AtomicInteger inside, int millis)
      throws IOException {
    door.setSoTimeout(millis);
    try {
      Socket guest = door.accept();
      inside.incrementAndGet();
      Thread waiter = new Thread(() -> waitUntilGone(guest, inside));
      waiter.setDaemon(true);
      waiter.start();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private static void waitUntilGone(Socket guest, AtomicInteger inside) {
    try (guest) {
      while (guest.getInputStream().read() >= 0) {
        // A guest says nothing; the end of its stream is its end.
      }
    } catch (IOException e) {
      // A killed session resets its connection: gone as well.
    } finally {
      inside.decrementAndGet();
    }
  }
}
