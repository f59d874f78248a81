package org.smartbert.jobs.sync;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.smartbert.jobs.sync.Handshake.Peer;
import org.smartbert.jobs.sync.Handshake.Purpose;
import org.smartbert.model.training.GradientSync;

/**
 * How a worker finds the others: it listens, publishes its address by the means of its host, and
 * joins the ring once it has all addresses.
 */
public final class Rendezvous implements AutoCloseable {
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;

  private final String host;
  private final String where;
  private final int rank;
  private final int worldSize;
  private final RingSettings settings;
  private final Handshake handshake;
  private final PeerListener listener;

  /**
   * Begins to listen.
   *
   * @param host this machine's address as the other workers reach it
   * @param where this process in messages to people, without spaces
   */
  public Rendezvous(
      String host, String where, int rank, int worldSize, RunSecret secret, RingSettings settings) {
    this.host = host;
    this.where = where;
    this.rank = rank;
    this.worldSize = worldSize;
    this.settings = settings;
    this.handshake = new Handshake(secret, Math.toIntExact(settings.peerTimeout().toMillis()));
    this.listener = PeerListener.open(host, handshake, Math.floorMod(rank - 1, worldSize));
  }

  int port() {
    return listener.port();
  }

  /** What the others must know: where to reach this worker, and what to call it. */
  public String address() {
    return new Address(host, listener.port(), where).toString();
  }

  private record Address(String host, int port, String where) {
    static Address parse(String text) {
      List<String> parts = List.of(text.split(" ", 3));
      return new Address(parts.get(0), Integer.parseInt(parts.get(1)), parts.get(2));
    }

    @Override
    public String toString() {
      return host + " " + port + " " + where;
    }
  }

  /**
   * Joins the ring.
   *
   * @param addresses of all workers, by rank
   */
  public GradientSync join(List<String> addresses) {
    int nextRank = (rank + 1) % worldSize;
    Address next = Address.parse(addresses.get(nextRank));
    Address previous = Address.parse(addresses.get(Math.floorMod(rank - 1, worldSize)));
    Connections open = new Connections();
    try {
      Peer values = open.add(connect(next, nextRank, Purpose.VALUES));
      Peer beats = open.add(connect(next, nextRank, Purpose.HEARTBEAT));
      Peer valuesIn = open.add(listener.await(Purpose.VALUES, settings.peerTimeout()));
      Peer beatsIn = open.add(listener.await(Purpose.HEARTBEAT, settings.peerTimeout()));
      tune(valuesIn.channel());
      HeartbeatMonitor monitor =
          HeartbeatMonitor.start(
              new HeartbeatMonitor.Neighbour(valuesIn.rank(), previous.where()),
              beatsIn.channel(),
              new HeartbeatMonitor.Neighbour(nextRank, next.where()),
              beats.channel(),
              settings.peerTimeout(),
              List.of(values.channel(), valuesIn.channel()));
      open.add(monitor);
      GradientSync ring = new RingAllReduce(rank, worldSize, settings, values, valuesIn, monitor);
      open.handOver();
      return ring;
    } catch (IOException e) {
      throw new UncheckedIOException("Rank " + rank + " could not join the ring", e);
    } finally {
      open.close();
      listener.close();
    }
  }

  /** The connections of a ring that is being joined; what is not handed over is closed. */
  private static final class Connections implements AutoCloseable {
    private final List<Closeable> open = new ArrayList<>();

    Peer add(Peer peer) {
      add(peer.channel());
      return peer;
    }

    void add(Closeable connection) {
      open.add(connection);
    }

    void handOver() {
      open.clear();
    }

    @Override
    public void close() {
      open.forEach(Channels::closeQuietly);
    }
  }

  private Peer connect(Address to, int peerRank, Purpose purpose) throws IOException {
    SocketChannel channel = SocketChannel.open();
    boolean introduced = false;
    try {
      tune(channel);
      channel
          .socket()
          .connect(
              new InetSocketAddress(to.host(), to.port()),
              Math.toIntExact(settings.peerTimeout().toMillis()));
      Peer peer = handshake.introduce(channel, rank, peerRank, purpose);
      introduced = true;
      return peer;
    } catch (IOException e) {
      throw new PeerLostException(
          String.format(
              Locale.ROOT,
              "Rank %d could not connect to rank %d on %s: %s.",
              rank,
              peerRank,
              to.where(),
              e.getMessage()),
          e);
    } finally {
      if (!introduced) {
        Channels.closeQuietly(channel);
      }
    }
  }

  private static void tune(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
    channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
  }

  @Override
  public void close() {
    listener.close();
  }
}
