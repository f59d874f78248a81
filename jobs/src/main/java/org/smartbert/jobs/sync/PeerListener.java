package org.smartbert.jobs.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smartbert.jobs.sync.Handshake.Peer;
import org.smartbert.jobs.sync.Handshake.Purpose;

/**
 * Takes the connections of the previous worker of the ring. Whoever else connects is dropped and
 * logged, and delays no other: handshakes run concurrently and each has its own time limit.
 */
final class PeerListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerListener.class);
  private static final int HANDSHAKES_AT_ONCE = 8;
  private static final int HANDSHAKES_WAITING = 64;

  private final ServerSocketChannel server;
  private final Handshake handshake;
  private final int expectedRank;
  private final ThreadPoolExecutor handshakes;
  private final Map<Purpose, CompletableFuture<Peer>> peers = new EnumMap<>(Purpose.class);

  /** Accepted and not handed out: closed with the listener. */
  private final Set<SocketChannel> held = ConcurrentHashMap.newKeySet();

  private PeerListener(ServerSocketChannel server, Handshake handshake, int expectedRank) {
    this.server = server;
    this.handshake = handshake;
    this.expectedRank = expectedRank;
    this.handshakes =
        new ThreadPoolExecutor(
            HANDSHAKES_AT_ONCE,
            HANDSHAKES_AT_ONCE,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(HANDSHAKES_WAITING),
            work -> {
              Thread thread = new Thread(work, "smartbert-handshake");
              thread.setDaemon(true);
              return thread;
            });
    handshakes.allowCoreThreadTimeOut(true);
    for (Purpose purpose : Purpose.values()) {
      peers.put(purpose, new CompletableFuture<>());
    }
  }

  /** Listens on a free port of one address, never on all of them. */
  static PeerListener open(String host, Handshake handshake, int expectedRank) {
    ServerSocketChannel server = null;
    boolean listening = false;
    try {
      server = ServerSocketChannel.open();
      server.bind(new InetSocketAddress(InetAddress.getByName(host), 0));
      PeerListener listener = new PeerListener(server, handshake, expectedRank);
      Thread acceptor = new Thread(listener::accept, "smartbert-accept");
      acceptor.setDaemon(true);
      acceptor.start();
      listening = true;
      return listener;
    } catch (IOException e) {
      throw new UncheckedIOException("No port could be opened on " + host, e);
    } finally {
      if (!listening && server != null) {
        Channels.closeQuietly(server);
      }
    }
  }

  int port() {
    return server.socket().getLocalPort();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        held.add(channel);
        if (handshakes.getQueue().remainingCapacity() == 0) {
          drop(channel, "too many connections wait for their handshake");
        } else {
          handshakes.execute(() -> receive(channel));
        }
      } catch (RejectedExecutionException e) {
        // Closed in this moment.
        closeHeld();
        return;
      } catch (IOException e) {
        if (server.isOpen()) {
          LOG.warn("A connection could not be accepted: {}", e.toString());
        }
        return;
      }
    }
  }

  private void receive(SocketChannel channel) {
    try {
      Peer peer = handshake.receive(channel);
      if (peer.rank() != expectedRank) {
        drop(channel, "it has rank " + peer.rank() + " where " + expectedRank + " is due");
      } else if (!peers.get(peer.purpose()).complete(peer)) {
        drop(channel, "rank " + peer.rank() + " is connected already");
      }
    } catch (IOException | RuntimeException e) {
      drop(channel, String.valueOf(e.getMessage()));
    }
  }

  private void drop(SocketChannel channel, String why) {
    // The listener's own end is no news.
    if (server.isOpen()) {
      LOG.warn(
          "Dropped the connection from {}: {}", channel.socket().getRemoteSocketAddress(), why);
    }
    held.remove(channel);
    Channels.closeQuietly(channel);
  }

  private void closeHeld() {
    held.forEach(Channels::closeQuietly);
    held.clear();
  }

  /** Waits for the previous worker's connection. */
  Peer await(Purpose purpose, Duration limit) {
    try {
      Peer peer = peers.get(purpose).get(limit.toMillis(), TimeUnit.MILLISECONDS);
      held.remove(peer.channel());
      return peer;
    } catch (TimeoutException e) {
      throw new PeerLostException(
          String.format(
              Locale.ROOT, "Rank %d did not connect within %d ms.", expectedRank, limit.toMillis()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerLostException("Interrupted while waiting for rank " + expectedRank, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops listening; connections that were handed out stay, all others are closed. */
  @Override
  public void close() {
    Channels.closeQuietly(server);
    handshakes.shutdownNow();
    closeHeld();
  }
}
