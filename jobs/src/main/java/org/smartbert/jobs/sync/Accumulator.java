package org.smartbert.jobs.sync;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.smartbert.jobs.sync.RingSettings.Wire;

/**
 * Arithmetic between a frame and the values, through arrays, which the compiler turns into vector
 * instructions where single accesses of direct buffers stay single.
 */
final class Accumulator {
  private static final int BLOCK = FrameWriter.FRAME_BYTES / Short.BYTES;

  private final float[] incoming = new float[BLOCK];
  private final float[] own = new float[BLOCK];
  private final short[] rounded = new short[BLOCK];

  /** Adds a frame to the values from index {@code from} on. */
  void add(ByteBuffer payload, Wire wire, ByteBuffer values, int from) {
    int count = load(payload, wire);
    FloatBuffer target = values.asFloatBuffer().position(from);
    target.get(own, 0, count);
    for (int i = 0; i < count; i++) {
      own[i] += incoming[i];
    }
    target.position(from);
    target.put(own, 0, count);
  }

  /** Replaces the values from index {@code from} on by a frame. */
  void put(ByteBuffer payload, Wire wire, ByteBuffer values, int from) {
    int count = load(payload, wire);
    values.asFloatBuffer().position(from).put(incoming, 0, count);
  }

  /** Rounds values to bfloat16, in place and into {@code out}. */
  void round(ByteBuffer values, int from, int to, ByteBuffer out) {
    ShortBuffer target = out.asShortBuffer();
    FloatBuffer source = values.asFloatBuffer();
    for (int begin = from; begin < to; begin += BLOCK) {
      int count = Math.min(BLOCK, to - begin);
      source.position(begin).get(own, 0, count);
      for (int i = 0; i < count; i++) {
        int bits = Float.floatToRawIntBits(own[i]);
        // To the nearest, ties to even; a NaN stays one.
        int up = Float.isNaN(own[i]) ? 0 : 0x7FFF + ((bits >>> 16) & 1);
        rounded[i] = (short) ((bits + up) >>> 16);
        own[i] = Float.intBitsToFloat(rounded[i] << 16);
      }
      source.position(begin).put(own, 0, count);
      target.put(rounded, 0, count);
    }
  }

  private int load(ByteBuffer payload, Wire wire) {
    ByteBuffer in = payload.duplicate().order(ByteOrder.nativeOrder());
    int count = in.remaining() / wire.bytes();
    if (wire == Wire.FLOAT32) {
      in.asFloatBuffer().get(incoming, 0, count);
    } else {
      in.asShortBuffer().get(rounded, 0, count);
      for (int i = 0; i < count; i++) {
        incoming[i] = Float.intBitsToFloat(rounded[i] << 16);
      }
    }
    return count;
  }
}
