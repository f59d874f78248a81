package org.smartbert.jobs.sync;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches both neighbours in the ring over connections of its own, because a peer that computes a
 * long step says nothing on the others. A neighbour that is silent for too long, or closes without
 * a goodbye, is lost; this worker then closes everything, which ends its other neighbour's
 * connection, and so on around the ring.
 */
final class HeartbeatMonitor implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatMonitor.class);
  private static final byte ALIVE = 1;
  private static final byte GOODBYE = 2;
  private static final int BEATS_PER_TIMEOUT = 5;

  /** A worker at the other end. */
  record Neighbour(int rank, String where) {
    @Override
    public String toString() {
      return "rank " + rank + " on " + where;
    }
  }

  private final Watched previous;
  private final Watched next;
  private final Duration timeout;
  private final List<SocketChannel> everything;
  private final Selector selector;
  private final Thread thread;
  private volatile PeerLostException loss;
  private volatile Runnable onLoss = () -> {};
  private volatile boolean closing;

  /** A neighbour and when it was last heard; {@code left} after its goodbye. */
  private static final class Watched {
    private final Neighbour neighbour;
    private final SocketChannel channel;
    private final ByteBuffer received = ByteBuffer.allocate(64);
    private long heard = System.nanoTime();
    private boolean left;

    Watched(Neighbour neighbour, SocketChannel channel) {
      this.neighbour = neighbour;
      this.channel = channel;
    }
  }

  private HeartbeatMonitor(
      Watched previous, Watched next, Duration timeout, List<SocketChannel> everything)
      throws IOException {
    this.previous = previous;
    this.next = next;
    this.timeout = timeout;
    this.everything = everything;
    this.selector = Selector.open();
    this.thread = new Thread(this::watch, "smartbert-heartbeat");
    thread.setDaemon(true);
  }

  /**
   * Begins to watch.
   *
   * @param everything connections to close when a neighbour is lost
   */
  static HeartbeatMonitor start(
      Neighbour previous,
      SocketChannel fromPrevious,
      Neighbour next,
      SocketChannel toNext,
      Duration timeout,
      List<SocketChannel> everything)
      throws IOException {
    fromPrevious.configureBlocking(false);
    toNext.configureBlocking(false);
    // From here on its selector is closed by its thread.
    HeartbeatMonitor monitor =
        new HeartbeatMonitor(
            new Watched(previous, fromPrevious), new Watched(next, toNext), timeout, everything);
    monitor.thread.start();
    return monitor;
  }

  Neighbour previous() {
    return previous.neighbour;
  }

  Neighbour next() {
    return next.neighbour;
  }

  /** Told once, on the monitor's thread, when a neighbour is lost. */
  void onLoss(Runnable action) {
    onLoss = action;
  }

  /**
   * @throws PeerLostException if a neighbour is lost
   */
  void requireAlive() {
    PeerLostException lost = loss;
    if (lost != null) {
      throw new PeerLostException(lost.getMessage(), lost);
    }
  }

  private void watch() {
    try (selector) {
      for (Watched watched : List.of(previous, next)) {
        watched.channel.register(selector, SelectionKey.OP_READ, watched);
      }
      long pause = Math.max(1, timeout.toMillis() / BEATS_PER_TIMEOUT);
      long lastBeat = System.nanoTime();
      while (!closing) {
        selector.select(pause);
        selector.selectedKeys().clear();
        long now = System.nanoTime();
        for (Watched watched : List.of(previous, next)) {
          listen(watched, now);
        }
        if (now - lastBeat >= pause * 1_000_000) {
          lastBeat = now;
          send(ALIVE);
        }
      }
    } catch (IOException e) {
      if (!closing) {
        lose(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private void listen(Watched watched, long now) throws IOException {
    if (watched.left) {
      return;
    }
    watched.received.clear();
    int count;
    try {
      count = watched.channel.read(watched.received);
    } catch (IOException e) {
      throw new IOException(watched.neighbour + " broke its connection", e);
    }
    if (count < 0) {
      throw new IOException(watched.neighbour + " has gone");
    }
    for (int i = 0; i < count; i++) {
      watched.left |= watched.received.get(i) == GOODBYE;
    }
    if (watched.left) {
      watched.channel.keyFor(selector).cancel();
    }
    if (count > 0) {
      watched.heard = now;
    } else if (now - watched.heard > timeout.toNanos()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s has been silent for %.1f s",
              watched.neighbour,
              (now - watched.heard) / 1e9));
    }
  }

  private void send(byte message) throws IOException {
    for (Watched watched : List.of(previous, next)) {
      if (!watched.left) {
        try {
          // A full buffer means a peer that does not read: its silence will tell.
          watched.channel.write(ByteBuffer.wrap(new byte[] {message}));
        } catch (IOException e) {
          throw new IOException(watched.neighbour + " broke its connection", e);
        }
      }
    }
  }

  private void lose(String why, Exception cause) {
    LOG.warn("This attempt is over: {}", why);
    loss = new PeerLostException("A worker was lost: " + why + ".", cause);
    for (SocketChannel channel : everything) {
      Channels.closeQuietly(channel);
    }
    Channels.closeQuietly(previous.channel);
    Channels.closeQuietly(next.channel);
    onLoss.run();
  }

  /** Says goodbye: the neighbours will not take this end for a loss. */
  @Override
  public void close() {
    closing = true;
    selector.wakeup();
    try {
      thread.join();
      if (loss == null) {
        send(GOODBYE);
      }
    } catch (IOException e) {
      LOG.debug("A neighbour closed its connection without a goodbye", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Channels.closeQuietly(previous.channel);
      Channels.closeQuietly(next.channel);
    }
  }
}
