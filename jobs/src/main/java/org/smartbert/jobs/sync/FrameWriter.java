package org.smartbert.jobs.sync;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Sends bytes as frames over a non-blocking connection: length, number, payload. */
final class FrameWriter {
  /** Payload of a whole frame. */
  static final int FRAME_BYTES = 1 << 18;

  static final int HEADER_BYTES = Integer.BYTES + Long.BYTES;

  private final SocketChannel channel;
  private final FrameCipher cipher;
  private final ByteBuffer header = ByteBuffer.allocateDirect(HEADER_BYTES);
  private final ByteBuffer sealed;
  private final ByteBuffer[] frame = {header, ByteBuffer.allocate(0)};
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private long number;

  /**
   * @param cipher null sends in clear
   */
  FrameWriter(SocketChannel channel, FrameCipher cipher) {
    this.channel = channel;
    this.cipher = cipher;
    this.sealed =
        ByteBuffer.allocateDirect(cipher == null ? 0 : FRAME_BYTES + FrameCipher.TAG_BYTES);
    header.position(HEADER_BYTES);
  }

  /** Takes over a buffer, position to limit, which must stay as it is until {@link #done}. */
  void start(ByteBuffer payload) {
    rest = payload;
  }

  boolean done() {
    return !rest.hasRemaining() && !header.hasRemaining() && !frame[1].hasRemaining();
  }

  /** Sends what the connection takes now; returns whether that was anything. */
  boolean write() throws IOException {
    boolean progress = false;
    while (!done()) {
      if (!header.hasRemaining() && !frame[1].hasRemaining()) {
        nextFrame();
      }
      if (channel.write(frame) == 0) {
        return progress;
      }
      progress = true;
    }
    return progress;
  }

  private void nextFrame() throws IOException {
    int length = Math.min(FRAME_BYTES, rest.remaining());
    ByteBuffer clear = rest.slice(rest.position(), length);
    rest.position(rest.position() + length);
    header.clear();
    header.putInt(length).putLong(number).flip();
    if (cipher == null) {
      frame[1] = clear;
    } else {
      sealed.clear();
      cipher.apply(number, header, clear, sealed);
      frame[1] = sealed.flip();
    }
    number++;
  }
}
