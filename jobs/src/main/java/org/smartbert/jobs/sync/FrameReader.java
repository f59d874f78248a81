package org.smartbert.jobs.sync;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Receives frames from a non-blocking connection. This side has the expected size: a frame that
 * claims another length or number ends the connection before anything is read into memory, and no
 * buffer's size ever comes from the peer.
 */
final class FrameReader {
  /** What happens to a frame's payload. */
  interface Sink {
    /**
     * Takes a payload.
     *
     * @param payload valid during the call
     * @param offset in bytes since {@link #start}
     */
    void accept(ByteBuffer payload, int offset);

    /**
     * Where a frame in clear may be received without a copy; null passes it to {@link #accept}.
     *
     * @return a buffer of {@code length} bytes, or null
     */
    default ByteBuffer place(int offset, int length) {
      return null;
    }
  }

  private final SocketChannel channel;
  private final FrameCipher cipher;
  private final ByteBuffer header = ByteBuffer.allocateDirect(FrameWriter.HEADER_BYTES);
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(FrameWriter.FRAME_BYTES + FrameCipher.TAG_BYTES);
  private final ByteBuffer opened = ByteBuffer.allocateDirect(FrameWriter.FRAME_BYTES);
  private ByteBuffer received = buffer;
  private boolean placed;
  private Sink sink = (payload, offset) -> {};
  private int due;
  private int offset;
  private long number;

  /**
   * @param cipher null receives in clear
   */
  FrameReader(SocketChannel channel, FrameCipher cipher) {
    this.channel = channel;
    this.cipher = cipher;
  }

  void start(int bytes, Sink target) {
    due = bytes;
    offset = 0;
    sink = target;
    expectFrame();
  }

  boolean done() {
    return offset == due;
  }

  private int frameLength() {
    return Math.min(FrameWriter.FRAME_BYTES, due - offset);
  }

  private void expectFrame() {
    header.clear();
    ByteBuffer place = cipher == null && !done() ? sink.place(offset, frameLength()) : null;
    placed = place != null;
    if (!placed) {
      received = buffer.clear().limit(frameLength() + (cipher == null ? 0 : FrameCipher.TAG_BYTES));
    } else {
      received = place;
    }
  }

  /** Receives what is there now; returns whether that was anything. */
  boolean read() throws IOException {
    boolean progress = false;
    while (!done()) {
      boolean inHeader = header.hasRemaining();
      ByteBuffer target = inHeader ? header : received;
      int count = channel.read(target);
      if (count < 0) {
        throw new EOFException("the connection was closed");
      }
      if (count == 0) {
        return progress;
      }
      progress = true;
      if (inHeader && !header.hasRemaining()) {
        check();
      } else if (!inHeader && !received.hasRemaining()) {
        deliver();
      }
    }
    return progress;
  }

  private void check() throws IOException {
    int length = header.getInt(0);
    long claimed = header.getLong(Integer.BYTES);
    if (length != frameLength() || claimed != number) {
      throw new IOException(
          String.format(
              "a frame claims %d bytes and number %d where %d bytes and number %d are expected",
              length, claimed, frameLength(), number));
    }
  }

  private void deliver() throws IOException {
    int length = frameLength();
    if (cipher != null) {
      opened.clear();
      cipher.apply(number, header.flip(), received.flip(), opened);
      sink.accept(opened.flip(), offset);
    } else if (!placed) {
      sink.accept(received.flip(), offset);
    }
    offset += length;
    number++;
    expectFrame();
  }
}
