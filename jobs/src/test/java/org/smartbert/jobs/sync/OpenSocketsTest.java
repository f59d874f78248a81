package org.smartbert.jobs.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.smartbert.jobs.sync.Handshake.Purpose;
import org.smartbert.jobs.sync.RingSettings.Encryption;
import org.smartbert.jobs.sync.RingSettings.Wire;

/** A ring that does not form leaves no socket open, whatever the reason. */
@Timeout(60)
class OpenSocketsTest {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final RingSettings SETTINGS =
      new RingSettings(Duration.ofMillis(500), Wire.FLOAT32, Encryption.NONE);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final RunSecret secret = RunSecret.draw();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void thePeerListensNoMore() throws Exception {
    assertLeavesNothing(
        () -> {
          int closed;
          try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = port.getLocalPort();
          }
          try (Rendezvous own = new Rendezvous("127.0.0.1", "own", 0, 2, secret, SETTINGS)) {
            assertThatThrownBy(() -> own.join(List.of(own.address(), "127.0.0.1 " + closed + " x")))
                .isInstanceOf(PeerLostException.class);
          }
        });
  }

  @Test
  void thePeerTakesOurConnectionsAndNeverMakesItsOwn() throws Exception {
    assertLeavesNothing(
        () -> {
          Handshake handshake = new Handshake(secret, 500);
          try (Rendezvous own = new Rendezvous("127.0.0.1", "own", 0, 2, secret, SETTINGS);
              PeerListener peer = PeerListener.open("127.0.0.1", handshake, 0)) {
            assertThatThrownBy(
                    () -> own.join(List.of(own.address(), "127.0.0.1 " + peer.port() + " x")))
                .hasMessage("Rank 1 did not connect within 500 ms.");
          }
        });
  }

  @Test
  void thePeerConnectsOnceAndThenLeaves() throws Exception {
    assertLeavesNothing(
        () -> {
          Handshake handshake = new Handshake(secret, 500);
          try (Rendezvous own = new Rendezvous("127.0.0.1", "own", 0, 2, secret, SETTINGS);
              PeerListener peer = PeerListener.open("127.0.0.1", handshake, 0);
              SocketChannel beats = connect(own.port())) {
            handshake.introduce(beats, 1, 0, Purpose.HEARTBEAT);
            assertThatThrownBy(
                    () -> own.join(List.of(own.address(), "127.0.0.1 " + peer.port() + " x")))
                .hasMessage("Rank 1 did not connect within 500 ms.");
          }
        });
  }

  @Test
  void thePeerHasAnotherSecret() throws Exception {
    assertLeavesNothing(
        () -> {
          try (Rendezvous own = new Rendezvous("127.0.0.1", "own", 0, 2, secret, SETTINGS);
              Rendezvous other =
                  new Rendezvous("127.0.0.1", "other", 1, 2, RunSecret.draw(), SETTINGS)) {
            List<String> addresses = List.of(own.address(), other.address());
            Future<?> joining = threads.submit(() -> other.join(addresses));
            assertThatThrownBy(() -> own.join(addresses)).isInstanceOf(PeerLostException.class);
            assertThatThrownBy(joining::get).hasRootCauseInstanceOf(IOException.class);
          }
        });
  }

  @Test
  void pendingHandshakesEndWhenTheListenerCloses() throws Exception {
    assertLeavesNothing(
        () -> {
          Rendezvous own = new Rendezvous("127.0.0.1", "own", 0, 2, secret, SETTINGS);
          for (int other = 0; other < 20; other++) {
            connect(own.port()).close();
          }
          try (SocketChannel first = connect(own.port());
              SocketChannel second = connect(own.port())) {
            own.close();
            assertThat(first.isOpen() && second.isOpen()).isTrue();
          }
        });
  }

  @Test
  void theAddressIsNotOurs() throws Exception {
    assertLeavesNothing(
        () ->
            assertThatThrownBy(() -> PeerListener.open("192.0.2.1", new Handshake(secret, 500), 0))
                .hasMessage("No port could be opened on 192.0.2.1"));
  }

  @Test
  void aRingThatFormedAndClosed() throws Exception {
    assertLeavesNothing(
        () -> {
          Rendezvous first = new Rendezvous("127.0.0.1", "a", 0, 2, secret, SETTINGS);
          Rendezvous second = new Rendezvous("127.0.0.1", "b", 1, 2, secret, SETTINGS);
          List<String> addresses = List.of(first.address(), second.address());
          Future<?> other =
              threads.submit(
                  () -> {
                    second.join(addresses).close();
                    return null;
                  });
          first.join(addresses).close();
          other.get();
        });
  }

  private interface Attempt {
    void run() throws Exception;
  }

  /** Twice: the first time also opens what the JVM keeps. */
  private static void assertLeavesNothing(Attempt attempt) throws Exception {
    attempt.run();
    long before = settled();
    attempt.run();
    attempt.run();
    attempt.run();
    assertThat(settled()).isLessThanOrEqualTo(before);
  }

  /** Open sockets and selectors once threads that close some have ended. */
  private static long settled() throws Exception {
    long last = -1;
    for (int calm = 0; calm < 10; ) {
      long now = open();
      calm = now == last ? calm + 1 : 0;
      last = now;
      Thread.sleep(50);
    }
    return last;
  }

  private static long open() throws IOException {
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      return descriptors
          .filter(
              descriptor -> {
                try {
                  String target = Files.readSymbolicLink(descriptor).toString();
                  return target.startsWith("socket:") || target.contains("eventpoll");
                } catch (IOException e) {
                  return false;
                }
              })
          .count();
    }
  }

  private static SocketChannel connect(int port) throws IOException {
    return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }
}
