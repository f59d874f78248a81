package org.smartbert.jobs.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.smartbert.jobs.sync.Handshake.Peer;
import org.smartbert.jobs.sync.Handshake.Purpose;
import org.smartbert.jobs.sync.RingSettings.Encryption;
import org.smartbert.jobs.sync.RingSettings.Wire;
import org.smartbert.model.training.GradientSync;

/**
 * The ring over real sockets, its workers threads of this process: sums, and how connections from
 * outside are refused.
 */
@Timeout(60)
class RingAllReduceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @CsvSource({
    "2, FLOAT32, NONE",
    "3, FLOAT32, AES_GCM",
    "4, FLOAT32, NONE",
    "2, BFLOAT16, NONE",
    "4, BFLOAT16, AES_GCM"
  })
  void allWorkersHoldTheSameSums(int workers, Wire wire, Encryption encryption) throws Exception {
    RingSettings settings = new RingSettings(PATIENCE, wire, encryption);
    for (int size : List.of(1, 3, 1000, 300_001)) {
      List<float[]> results =
          inRing(
              workers,
              settings,
              sync -> {
                ByteBuffer values = values(sync.rank(), size);
                sync.sum(values);
                return floats(values);
              });
      double tolerance = wire == Wire.FLOAT32 ? 1e-6 : 2e-2;
      double[] expected = new double[size];
      for (int rank = 0; rank < workers; rank++) {
        float[] part = floats(values(rank, size));
        for (int i = 0; i < size; i++) {
          expected[i] += part[i];
        }
      }
      for (int i = 0; i < size; i++) {
        assertThat(Math.abs(results.get(0)[i] - expected[i])).isLessThan(tolerance * workers);
      }
      results.forEach(result -> assertThat(result).isEqualTo(results.get(0)));
    }
  }

  @Test
  void numbersAreSummedInTheOrderOfRanks() throws Exception {
    List<double[]> results =
        inRing(
            3,
            new RingSettings(PATIENCE, Wire.BFLOAT16, Encryption.AES_GCM),
            sync -> {
              double[] values = {1e17, 0.1 * (sync.rank() + 1), sync.rank() == 1 ? -1e17 : 1};
              sync.sum(values);
              return values;
            });
    double[] expected = {3e17, 0.1 + 0.2 + 0.1 * 3, (1.0 + -1e17) + 1};
    results.forEach(result -> assertThat(result).isEqualTo(expected));
  }

  @Test
  void connectionsFromOutsideAreDroppedAndTheRingForms() throws Exception {
    RunSecret secret = RunSecret.draw();
    RingSettings settings = new RingSettings(PATIENCE, Wire.FLOAT32, Encryption.NONE);
    Rendezvous first = new Rendezvous("127.0.0.1", "a", 0, 2, secret, settings);
    Rendezvous second = new Rendezvous("127.0.0.1", "b", 1, 2, secret, settings);
    int port = first.port();
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port);
        Socket garbage = new Socket(InetAddress.getLoopbackAddress(), port)) {
      byte[] noise = new byte[4096];
      new Random(1).nextBytes(noise);
      garbage.getOutputStream().write(noise);
      assertEnds(garbage);
      List<String> addresses = List.of(first.address(), second.address());
      Future<GradientSync> other = threads.submit(() -> second.join(addresses));
      try (GradientSync one = first.join(addresses);
          GradientSync two = other.get()) {
        Future<?> sum = threads.submit(() -> two.sum(new double[] {1}));
        double[] value = {2};
        one.sum(value);
        sum.get();
        assertThat(value).containsExactly(3);
      }
      assertThat(silent.isConnected()).isTrue();
    }
  }

  @Test
  void aPeerThatFallsSilentIsLostInTime() throws Exception {
    assertLost(peer -> {}, "rank 1 on silent has been silent for");
  }

  @Test
  void aPeerThatClosesWithoutGoodbyeIsLostAtOnce() throws Exception {
    long started = System.nanoTime();
    assertLost(
        peer -> {
          for (Peer connection : peer) {
            connection.channel().close();
          }
        },
        "rank 1 on silent");
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(PATIENCE);
  }

  private interface Misbehaviour {
    void of(List<Peer> connections) throws IOException;
  }

  /** A ring of this worker and one that the test drives by hand. */
  private void assertLost(Misbehaviour misbehaviour, String message) throws Exception {
    RunSecret secret = RunSecret.draw();
    RingSettings settings = new RingSettings(PATIENCE, Wire.FLOAT32, Encryption.NONE);
    Handshake handshake = new Handshake(secret, 2000);
    Rendezvous own = new Rendezvous("127.0.0.1", "own", 0, 2, secret, settings);
    try (PeerListener listener = PeerListener.open("127.0.0.1", handshake, 0)) {
      List<String> addresses = List.of(own.address(), "127.0.0.1 " + listener.port() + " silent");
      Future<GradientSync> joining = threads.submit(() -> own.join(addresses));
      List<Peer> connections = new ArrayList<>();
      int port = own.port();
      for (Purpose purpose : Purpose.values()) {
        connections.add(listener.await(purpose, PATIENCE));
        connections.add(
            handshake.introduce(
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
                1,
                0,
                purpose));
      }
      try (GradientSync sync = joining.get()) {
        Future<?> misbehaving =
            threads.submit(
                () -> {
                  misbehaviour.of(connections);
                  return null;
                });
        misbehaving.get();
        assertThatThrownBy(() -> sync.sum(values(0, 100)))
            .isInstanceOf(PeerLostException.class)
            .hasMessageContaining(message);
      }
      for (Peer connection : connections) {
        connection.channel().close();
      }
    }
  }

  private static void assertEnds(Socket socket) throws IOException {
    socket.setSoTimeout(5000);
    InputStream in = socket.getInputStream();
    try {
      // The acceptor's own random number and proof may come first, never more.
      assertThat(in.readAllBytes().length).isLessThanOrEqualTo(64);
    } catch (java.net.SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  private <T> List<T> inRing(int workers, RingSettings settings, Work<T> work) throws Exception {
    RunSecret secret = RunSecret.draw();
    List<Rendezvous> rendezvous = new ArrayList<>();
    for (int rank = 0; rank < workers; rank++) {
      rendezvous.add(
          new Rendezvous("127.0.0.1", "thread-" + rank, rank, workers, secret, settings));
    }
    List<String> addresses = rendezvous.stream().map(Rendezvous::address).toList();
    List<Callable<T>> tasks = new ArrayList<>();
    for (Rendezvous worker : rendezvous) {
      tasks.add(
          () -> {
            try (GradientSync sync = worker.join(addresses)) {
              return work.with(sync);
            }
          });
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : threads.invokeAll(tasks, 30, TimeUnit.SECONDS)) {
      results.add(future.get());
    }
    return results;
  }

  private interface Work<T> {
    T with(GradientSync sync) throws ExecutionException;
  }

  private static ByteBuffer values(int rank, int size) {
    ByteBuffer values = ByteBuffer.allocateDirect(4 * size).order(ByteOrder.nativeOrder());
    Random random = new Random(rank);
    for (int i = 0; i < size; i++) {
      values.putFloat(4 * i, random.nextFloat() - 0.5f);
    }
    return values;
  }

  private static float[] floats(ByteBuffer values) {
    float[] floats = new float[values.capacity() / 4];
    values.order(ByteOrder.nativeOrder()).asFloatBuffer().get(floats);
    return floats;
  }
}
