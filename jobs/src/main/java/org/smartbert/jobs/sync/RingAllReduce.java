package org.smartbert.jobs.sync;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.smartbert.jobs.sync.Handshake.Peer;
import org.smartbert.jobs.sync.RingSettings.Encryption;
import org.smartbert.jobs.sync.RingSettings.Wire;
import org.smartbert.model.training.GradientSync;

/**
 * Sums over the workers of a ring: each talks to the next and listens to the previous one. Values
 * are cut into as many chunks as there are workers; in N - 1 rounds each chunk travels once around
 * and gathers its sum (reduce-scatter), in N - 1 more the sums travel around (all-gather). Every
 * worker sends 2 (N - 1) / N of the values, and every sum is added in one order and rounded once,
 * so that all replicas hold the same bits.
 *
 * <p>One thread at a time; owner of its two connections.
 */
public final class RingAllReduce implements GradientSync {
  /**
   * Without a byte in this time the worker before us has stopped working, though it still lives.
   */
  private static final Duration STALLED = Duration.ofMinutes(30);

  private final int rank;
  private final int worldSize;
  private final Wire wire;
  private final SocketChannel next;
  private final SocketChannel previous;
  private final FrameWriter writer;
  private final FrameReader reader;
  private final Selector selector;
  private final SelectionKey writable;
  private final SelectionKey readable;
  private final HeartbeatMonitor heartbeat;
  private final Accumulator accumulator = new Accumulator();
  private ByteBuffer staged = ByteBuffer.allocateDirect(0);

  RingAllReduce(
      int rank,
      int worldSize,
      RingSettings settings,
      Peer next,
      Peer previous,
      HeartbeatMonitor heartbeat)
      throws IOException {
    this.rank = rank;
    this.worldSize = worldSize;
    this.wire = settings.wire();
    this.next = next.channel();
    this.previous = previous.channel();
    this.heartbeat = heartbeat;
    boolean encrypted = settings.encryption() == Encryption.AES_GCM;
    this.writer =
        new FrameWriter(this.next, encrypted ? FrameCipher.encrypting(next.sendKey()) : null);
    this.reader =
        new FrameReader(
            this.previous, encrypted ? FrameCipher.decrypting(previous.receiveKey()) : null);
    this.selector = Selector.open();
    boolean begun = false;
    try {
      this.next.configureBlocking(false);
      this.previous.configureBlocking(false);
      this.writable = this.next.register(selector, 0);
      this.readable = this.previous.register(selector, 0);
      begun = true;
    } finally {
      if (!begun) {
        Channels.closeQuietly(selector);
      }
    }
    heartbeat.onLoss(selector::wakeup);
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int worldSize() {
    return worldSize;
  }

  @Override
  public void sum(double[] values) {
    // All-gather and the same order of addition everywhere: rank 0's first.
    double[][] all = new double[worldSize][];
    all[rank] = values.clone();
    ByteBuffer out = ByteBuffer.allocateDirect(Double.BYTES * values.length);
    for (int round = 0; round < worldSize - 1; round++) {
      int sent = Math.floorMod(rank - round, worldSize);
      double[] received = new double[values.length];
      out.clear();
      out.asDoubleBuffer().put(all[sent]);
      exchange(
          out,
          out.capacity(),
          (payload, offset) -> {
            DoubleBuffer doubles = payload.asDoubleBuffer();
            doubles.get(received, offset / Double.BYTES, doubles.remaining());
          });
      all[Math.floorMod(sent - 1, worldSize)] = received;
    }
    Arrays.fill(values, 0);
    for (double[] part : all) {
      for (int i = 0; i < values.length; i++) {
        values[i] += part[i];
      }
    }
  }

  @Override
  public void sum(ByteBuffer gradient) {
    ByteBuffer values = gradient.duplicate().order(ByteOrder.nativeOrder());
    int count = values.capacity() / Float.BYTES;
    for (int round = 0; round < worldSize - 1; round++) {
      int chunk = Math.floorMod(rank - round, worldSize);
      int due = Math.floorMod(chunk - 1, worldSize);
      int start = begin(due, count);
      exchange(
          outgoing(values, chunk, count),
          wire.bytes() * (begin(due + 1, count) - start),
          (payload, offset) ->
              accumulator.add(payload, wire, values, start + offset / wire.bytes()));
    }
    for (int round = 0; round < worldSize - 1; round++) {
      int chunk = Math.floorMod(rank + 1 - round, worldSize);
      int due = Math.floorMod(chunk - 1, worldSize);
      int start = begin(due, count);
      exchange(
          outgoing(values, chunk, count),
          wire.bytes() * (begin(due + 1, count) - start),
          new FrameReader.Sink() {
            @Override
            public void accept(ByteBuffer payload, int offset) {
              accumulator.put(payload, wire, values, start + offset / wire.bytes());
            }

            @Override
            public ByteBuffer place(int offset, int length) {
              return wire == Wire.FLOAT32
                  ? values.slice(Float.BYTES * start + offset, length)
                  : null;
            }
          });
    }
  }

  /** The first value of a chunk. */
  private int begin(int chunk, int count) {
    return (int) ((long) count * chunk / worldSize);
  }

  /**
   * A chunk in wire format. A chunk rounded for the wire is rounded here too, or the worker that
   * completed a sum would keep more digits than the others get.
   */
  private ByteBuffer outgoing(ByteBuffer values, int chunk, int count) {
    int from = begin(chunk, count);
    int to = begin(chunk + 1, count);
    if (wire == Wire.FLOAT32) {
      return values.slice(Float.BYTES * from, Float.BYTES * (to - from));
    }
    int bytes = wire.bytes() * (to - from);
    if (staged.capacity() < bytes) {
      staged = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    staged.clear().limit(bytes);
    accumulator.round(values, from, to, staged);
    return staged;
  }

  /** Sends and receives at once, until both are done. */
  private void exchange(ByteBuffer out, int bytesDue, FrameReader.Sink sink) {
    writer.start(out);
    reader.start(bytesDue, sink);
    try {
      long lastProgress = System.nanoTime();
      while (!writer.done() || !reader.done()) {
        heartbeat.requireAlive();
        boolean sent = writer.write();
        boolean received = reader.read();
        if (sent || received) {
          lastProgress = System.nanoTime();
        } else {
          await(lastProgress);
        }
      }
    } catch (IOException | CancelledKeyException e) {
      heartbeat.requireAlive();
      throw new PeerLostException(
          String.format(
              Locale.ROOT,
              "Rank %d lost its neighbours (%s before it, %s after it): %s.",
              rank,
              heartbeat.previous(),
              heartbeat.next(),
              e.getMessage()),
          e);
    }
  }

  private void await(long lastProgress) throws IOException {
    writable.interestOps(writer.done() ? 0 : SelectionKey.OP_WRITE);
    readable.interestOps(reader.done() ? 0 : SelectionKey.OP_READ);
    selector.select(1000);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("this task was killed");
    }
    if (System.nanoTime() - lastProgress > STALLED.toNanos()) {
      throw new IOException("no byte moved for " + STALLED.toMinutes() + " minutes");
    }
  }

  @Override
  public void close() {
    heartbeat.close();
    for (Closeable part : List.of(selector, next, previous)) {
      Channels.closeQuietly(part);
    }
  }
}
